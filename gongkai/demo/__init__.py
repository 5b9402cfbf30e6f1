"""Demonstration courts: three invented court sites with planted faults and traps, served on loopback."""
