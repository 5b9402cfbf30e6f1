"""Several machines that keep the nights together, on one PostgreSQL. docs/fleet.md says how they are set up.

`worker` is one machine's part, `queue` the jobs of a night (procrastinate), `identity` what all must have in common,
`time` their one clock, `state` what `gongkai fleet status` shows. The night itself is that of a single machine: `nightly`.
"""
