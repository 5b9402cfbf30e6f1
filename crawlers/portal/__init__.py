"""The hearing portal (庭审公开网): previews, replays, trial pages and whether their recordings can be played.

`addresses.py` says what is asked, `client.py` asks and keeps the answers, `answers.py` tells what kind of answer came,
`rows.py`, `trial.py`, `player.py` and `courts.py` read (pure), `lists.py` walks the lists, `video.py` looks for the
recording, and `crawl.py` puts a night together. Nothing is judged here.
"""
