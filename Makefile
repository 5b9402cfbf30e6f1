# Needs Python 3.11 or newer, make and git. Everything that is fetched goes into .venv and .browser.
.PHONY: help install demo test check format clean

help:
	@echo "make demo    set up, run two nights on the demonstration courts, leave the bulletins in out/"
	@echo "make test    set up and run all tests"
	@echo "make check   linters, types and generated documentation, as CI does after the tests"
	@echo "make format  put the code into the house's form"
	@echo "make clean   remove .venv, .browser and out/"

install:
	@sh scripts/setup.sh

demo: install
	@.venv/bin/gongkai demo

test: install
	@sh scripts/test.sh

check: install
	@sh scripts/check.sh

format: install
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

clean:
	rm -rf .venv .browser out
