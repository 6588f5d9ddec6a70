# WhatsApp Ativo for Mattermost. `make help` lists what there is.

PLUGIN_ID  := whatsapp-ativo
VERSION    := $(shell sed -n 's/^ *"version": "\(.*\)",*/\1/p' plugin.json)
GO         ?= go
NPM        ?= npm
CACHE      := $(CURDIR)/.cache
TOOLS      := $(CACHE)/bin
LINT       := $(TOOLS)/golangci-lint
LINT_VERSION := v2.9.0

HOST_OS    := $(shell $(GO) env GOOS)
HOST_ARCH  := $(shell $(GO) env GOARCH)
PLATFORMS  := linux-amd64 linux-arm64 darwin-amd64 darwin-arm64 windows-amd64
# the bundle of this machine alone, for demo, run and tests
HOST_BUNDLE := $(CACHE)/$(PLUGIN_ID)-$(VERSION).tar.gz
DIST_BUNDLE := dist/$(PLUGIN_ID)-$(VERSION).tar.gz

export CGO_ENABLED = 0
export WAA_BUNDLE  = $(HOST_BUNDLE)

.PHONY: all help dist deploy demo run test test-server test-simulation test-simulation-faults simulate test-webapp test-e2e check-style bench webapp host-bundle clean

## all: checks, tests and the bundle
all: check-style test dist

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## dist: the bundle for all platforms, dist/whatsapp-ativo-<version>.tar.gz
dist: webapp
	@set -e; for p in $(PLATFORMS); do \
		os=$${p%-*}; arch=$${p#*-}; ext=; [ $$os = windows ] && ext=.exe; \
		echo "server for $$p"; \
		GOOS=$$os GOARCH=$$arch $(GO) build -trimpath -ldflags '-s -w' -o server/dist/plugin-$$p$$ext ./server; \
	done
	@mkdir -p dist
	@sh build/bundle.sh $(DIST_BUNDLE) $(PLATFORMS)
	@echo "made $(DIST_BUNDLE)"

host-bundle: webapp
	@$(GO) build -trimpath -ldflags '-s -w' -o server/dist/plugin-$(HOST_OS)-$(HOST_ARCH) ./server
	@mkdir -p $(CACHE)
	@sh build/bundle.sh $(HOST_BUNDLE) $(HOST_OS)-$(HOST_ARCH)

webapp: webapp/dist/main.js

webapp/node_modules/.package-lock.json: webapp/package.json webapp/package-lock.json webapp/react19/package.json webapp/react19/package-lock.json
	cd webapp && $(NPM) ci --prefer-offline --no-audit --no-fund --loglevel=error
	cd webapp/react19 && $(NPM) ci --prefer-offline --no-audit --no-fund --loglevel=error
	@touch $@

webapp/dist/main.js: webapp/node_modules/.package-lock.json plugin.json $(wildcard webapp/*.ts) $(shell find webapp/src -type f 2>/dev/null)
	cd webapp && $(NPM) run --silent build

## deploy: installs the bundle on the server of MM_SERVICESETTINGS_SITEURL with MM_ADMIN_TOKEN
deploy: dist
	@sh build/deploy.sh $(DIST_BUNDLE)

## demo: a real Mattermost server, the plugin and the simulator; plays whole conversations and prints PASS or FAIL
demo: host-bundle
	$(GO) run ./build/demo -bundle $(HOST_BUNDLE)

## run: the same environment, kept up, with URLs and log-ins printed; Ctrl-C ends it. MM_RELEASE=11.8.2 runs that release of Mattermost
run: host-bundle
	@$(GO) build -o $(CACHE)/demo ./build/demo
	@exec $(CACHE)/demo -keep -bundle $(HOST_BUNDLE)

## check-style: linters of server and web part, known weaknesses of what they are made of
check-style: $(LINT) webapp/node_modules/.package-lock.json
	$(LINT) run --allow-parallel-runners ./...
	cd webapp && $(NPM) run --silent lint && $(NPM) run --silent check-types
	@sh build/weaknesses.sh $(TOOLS)

$(LINT):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)

## test: everything: linters, unit tests, store tests on PostgreSQL, simulated lives, whole conversations on a real server
test: SECONDS = 30
test: check-style test-server test-simulation simulate test-webapp test-e2e

# Drawn cases are the same in each run, so that a red run is of the change; RAPID_SEED=0 RAPID_CHECKS=100000 hunts for new ones.
test-server: export RAPID_SEED ?= 1
test-server:
	$(GO) test -timeout 30m $(shell $(GO) list ./... | grep -v -e /build/e2e -e '/build/simulation$$')
	cd build/devserver && $(GO) vet ./... && $(GO) vet -tags release . && $(GO) test ./...

# These seeds are the same in each run. make simulate, of which make test plays half a minute, has fresh ones: what it finds may be older than the
# change, and the seed that it names plays it again.
test-simulation: export SIMULATION_SEED = 40001
test-simulation: export SIMULATION_WORLDS = 4
test-simulation: export SIMULATION_LIVES = 6
test-simulation: export SIMULATION_ACTS = 16
test-simulation:
	$(GO) test -count=1 -timeout 60m ./build/simulation

SECONDS ?= 60
PROCESSES ?= 2
## simulate: plays customers' lives against simulated disorder and checks them: make simulate SECONDS=600 SEED=1 PROCESSES=2
simulate:
	SIMULATION_SECONDS=$(SECONDS) SIMULATION_SEED=$(SEED) SIMULATION_PROCESSES=$(PROCESSES) SIMULATION_SHRINK=120 $(GO) test -count=1 -timeout 60m -v -run 'TestSimulation$$' ./build/simulation

# Puts faults back that the product once had, and expects that the simulation finds each: five minutes.
test-simulation-faults:
	SIMULATION_FIND_FAULTS=1 $(GO) test -count=1 -timeout 60m -v -run TestFindsFaults ./build/simulation

test-webapp: webapp
	cd webapp && $(NPM) test --silent

test-e2e: host-bundle
	$(GO) test -count=1 -timeout 60m -v ./build/e2e

## bench: the benchmarks, each path beside the least that it can cost
bench: host-bundle
	$(GO) test -run '^$$' -bench . -benchtime 1s ./server/...
	$(GO) run ./build/bench -bundle $(HOST_BUNDLE)

## clean: removes what was built
clean:
	rm -rf dist server/dist webapp/dist webapp/node_modules webapp/react19/node_modules $(CACHE)
