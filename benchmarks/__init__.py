"""What gongkai costs and what it finds, measured against other programs on the same machine in the same run.

`generate` writes a court-like site with an answer key, `serve` serves it, `programs` says how each rival is run,
`measure` runs one and takes its time, `score` compares its report with the key; `links`, `second_night` and `manuals`
are the three measurements of docs/benchmarks.md, each one command.
"""
