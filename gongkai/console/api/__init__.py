"""The interface for programs, `/api/v1`: what people see and do in the console, under the same rules, as JSON."""
