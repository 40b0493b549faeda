# The front door. Meson and Ninja do the work; tools/ and tests/run do the rest.
#   make          build/shaodao                  make run     try it: the demo of 会昌 on http://127.0.0.1:8080
#   make check    the quick tests                make test    every test
#   make bench    every benchmark on both engines: half an hour on a quiet machine
#   make failover three database machines in network namespaces, broken one way after the other: minutes, as root
# Several people in one tree: BUILD=/some/other/dir make …; NINJAFLAGS=-k0 goes on after the first error.
BUILD ?= build
PORT ?= 8080
PREFIX ?= /usr/local
DESTDIR ?=
export BUILD

SANITIZED = -Dtests=true -Db_sanitize=address,undefined -Db_lundef=false
THREADED = -Dtests=true -Db_sanitize=thread -Db_lundef=false
ninja = flock $(1)/.lock ninja -C $(1) $(NINJAFLAGS)

.PHONY: all run test check failover lint web bench bench-programs fuzz tsan install deb clean build-test

all:
	@./tools/deps.sh run
	@./tools/configure $(BUILD) --prefix=$(PREFIX)
	@$(call ninja,$(BUILD)) shaodao

build-test:
	@./tools/deps.sh check
	@./tools/configure $(BUILD)-test $(SANITIZED)
	@$(call ninja,$(BUILD)-test)

run: all
	@[ -d data ] || $(BUILD)/shaodao demo data --scheme huichang || { rm -rf data; exit 1; }
	@./tools/show-logins data/demo-logins.csv http://127.0.0.1:$(PORT)
	@exec $(BUILD)/shaodao serve data --listen 127.0.0.1:$(PORT)

test:
	@./tools/deps.sh test
	@$(MAKE) --no-print-directory all build-test
	@./tests/run all

check: all build-test
	@./tests/run quick

failover:
	@./tools/deps.sh failover
	@$(MAKE) --no-print-directory all
	@./tests/run failover

lint:
	@./tools/lint.py

tsan:
	@./tools/deps.sh check
	@./tools/configure $(BUILD)-tsan $(THREADED)
	@$(call ninja,$(BUILD)-tsan)
	@SUITE_BUILD=$(BUILD)-tsan ./tests/run unit storage

web:
	@./tools/deps.sh web
	@./tools/build-web

bench:
	@./tools/deps.sh bench
	@$(MAKE) --no-print-directory all bench-programs
	@./bench/run --engine sqlite --engine postgres

bench-programs:
	@$(call ninja,$(BUILD)) $(addprefix bench/bench-,generate bare load empty crowd render clock routines plan)

fuzz:
	@./tools/deps.sh fuzz
	@./tools/fuzz $(BUILD)-fuzz

install: all
	DESTDIR=$(DESTDIR) meson install -C $(BUILD) --no-rebuild --quiet

deb:
	@./tools/build-deb

clean:
	rm -rf $(BUILD) $(BUILD)-test $(BUILD)-tsan $(BUILD)-fuzz
