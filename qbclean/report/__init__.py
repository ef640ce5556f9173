"""Rendering only: text, JSON, HTML."""
