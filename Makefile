# make run    installs what is missing, builds the release and the web pages, serves the demo on http://localhost:3000
# make test   installs what is missing, builds and tests everything; the last line is the result
# make help   the other targets
.PHONY: run build web test packages format tidy clean help
SHELL := /bin/bash
export PATH := $(CURDIR)/build/node/node_modules/.bin:$(PATH)

run: build
	@mkdir -p build/demo-data
	exec build/release/bin/tutti serve --data build/demo-data

build: packages web
	@cmake --preset release > /dev/null
	@cmake --build --preset release --target tutti

web: packages
	@tools/npm-ci clients/js && cd clients/js && npm run --silent build
	@tools/npm-ci web && cd web && npm run --silent build

packages:
	@tools/install-packages

test: packages
	@tools/test

format:
	@clang-format -i $$(git ls-files '*.cpp' '*.hpp' '*.h')

tidy: packages
	@cmake --preset dev > /dev/null
	@run-clang-tidy -quiet -p build/dev "$(CURDIR)/src/.*\.cpp"

clean:
	rm -rf build web/dist clients/js/dist

help:
	@sed -n '1,3s/^# //p' Makefile
	@echo 'make format   clang-format on every C++ file'
	@echo 'make tidy     clang-tidy (slow)'
	@echo 'tools/test --list   the steps of make test; tools/test STEP… runs only these and what they need'
