"""How often the readers are right: a labelled corpus written after the forms that courts use, and its score.

The corpus is independent of the readers: `forms/*.yml` say, form by form, what is printed and what it means, and
`draws.py` fills them with invented courts, persons and numbers. Nothing here looks at how the readers read.
"""
