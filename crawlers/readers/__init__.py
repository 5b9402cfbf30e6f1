"""Readers: what a published page says, as records. For pages that selectors cannot describe.

`detail.read_records` decides from its content what a page is; `detail.read_list_records` reads list tables whose rows
carry the elements themselves. Readers are pure: no network, no clock, no judgement about what they find.
"""
