"""The command line: parses, wires, calls one use case, renders, exits. The only place that knows typer."""
