# Needs Python 3.11 or newer, make and git. Everything that is fetched goes into .venv, .browser and .fonts.
.PHONY: help install fonts demo test check docs pictures format clean

help:
	@echo "make demo    set up, run two nights on the demonstration courts, leave the bulletins in out/"
	@echo "make test    set up and run all tests"
	@echo "make fonts   fetch free Chinese fonts for the PDF, if the machine has none"
	@echo "make check   linters, types and generated documentation, as CI does after the tests"
	@echo "make docs    the documentation site into site/, to be read without a server or the internet"
	@echo "make pictures  renew docs/pictures/ from the demonstration; needs LibreOffice and poppler"
	@echo "make format  put the code into the house's form"
	@echo "make clean   remove .venv, .browser, .fonts, out/ and site/"

install:
	@sh scripts/setup.sh

fonts: install
	@PYTHONPATH=. .venv/bin/python scripts/fetch_fonts.py

demo: install
	@PYTHONPATH=. .venv/bin/python scripts/fetch_fonts.py || true
	@.venv/bin/gongkai demo

test: install
	@sh scripts/test.sh

check: install
	@sh scripts/check.sh

docs: install
	@sh scripts/docs.sh

pictures: install
	@PYTHONPATH=. .venv/bin/python scripts/pictures.py

format: install
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

clean:
	rm -rf .venv .browser .fonts out site
