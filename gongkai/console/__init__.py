"""The inspectors' console: server-rendered pages on the night's database. It decides nothing that `storage.life` does not."""
