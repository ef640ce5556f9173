"""The command line: parse, wire, call one use case, render, exit."""
