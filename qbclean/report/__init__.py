"""Rendering only: the same plan, run or log as text, JSON, HTML or CSV. Knows the model, nothing else of ours."""
