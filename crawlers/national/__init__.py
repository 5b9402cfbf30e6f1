"""Records of the national judgment site, which cannot be crawled, from files that a user owns: JSON of its generations, CSV."""

from crawlers.national.reading import DumpReading, is_dump, read_dump

__all__ = ["DumpReading", "is_dump", "read_dump"]
