"""Personal data in published text: where it stands, what it is, and what speaks for it. Text → mentions, pure.

Nothing of what is found leaves this package unmasked: a mention carries places and masked values, never the value itself.
`scan.py` is the entrance; one module for each kind of data. Who may print what on which page is for the rules to say.
"""

from __future__ import annotations

VERSION = 3  # of the detector: raised when pages that were scanned must be scanned again
