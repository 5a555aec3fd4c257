# Understudy. Two commands are enough: make run, make test. Everything here needs Go alone, but for test-outside, which needs
# openssl, curl and npm, and race, which needs a C compiler.

GO      ?= go
ARGS    ?=
FUZZ    ?= 10s
# The independent runner of Arazzo stories that test-outside asks.
REDOCLY ?= $(HOME)/.cache/understudy/redocly-2.77.0/node_modules/.bin/redocly
export CGO_ENABLED ?= 0

.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## serve all vendors; ARGS='--listen localhost:0' adds flags
	@bin/understudy serve $(ARGS)

test: ## everything that needs Go alone
	$(GO) vet ./...
	$(GO) test ./...

test-outside: $(REDOCLY) ## judge our ciphers and signatures by openssl, our stories by another runner, the README by a shell
	OPENSSL=$${OPENSSL:-openssl} REDOCLY=$(REDOCLY) $(GO) test -count=1 -run Outside ./e2e

$(REDOCLY):
	npm install --silent --no-fund --no-audit --prefix $(@:/node_modules/.bin/redocly=) @redocly/cli@2.77.0

long: ## 10,000 persons through recordings, 100,000 random schedules of 浙里办's Sync, 10^6 bodies judged twice; takes an hour
	UNDERSTUDY_LONG=1 $(GO) test -count=1 -timeout 30m ./mock/mask
	UNDERSTUDY_LONG=1 $(GO) test -count=1 -timeout 30m -run TestEndToEnd ./e2e -ginkgo.focus 'between persons'
	$(GO) test -count=1 -timeout 2h -run TestSyncLosesNothing ./e2e -rapid.checks=5000
	UNDERSTUDY_LONG=1 $(GO) test -count=1 -timeout 2h -run 'TestOnePass|TestAThirdOpinion' ./mock/internal/schema

race: ## the same under the race detector; needs a C compiler
	CGO_ENABLED=1 $(GO) test -race ./...

build: ## bin/understudy
	$(GO) build -trimpath -ldflags '-s -w' -o bin/understudy ./mock/cmd/understudy

dist: ## dist/: archives for linux, darwin and windows (amd64, arm64) and SHA256SUMS
	$(GO) run .ci/dist.go -o dist

bench: ## speed as ratios to a bare Echo handler, start and memory, each beside its goal; takes four minutes
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 30m ./e2e

fuzz: ## each fuzz target for FUZZ (10s)
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZ) -fuzzminimizetime 1x $$p || exit 1; \
	  done; \
	done

lint: ## formatting, vet, tidy modules
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) mod tidy -diff
	$(GO) mod verify

clean: ## remove what the targets made
	rm -rf bin dist

.PHONY: help run test test-outside long race build dist bench fuzz lint clean
