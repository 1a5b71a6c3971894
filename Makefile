# Every target sets up what it needs (scripts/setup): on a Debian machine with Node.js and npm, nothing has to be
# installed by hand. docs/testing.md tells the levels of tests apart.

.DEFAULT_GOAL := help
SHELL := /bin/bash
export PATH := $(CURDIR)/node_modules/.bin:$(PATH):/usr/local/sbin:/usr/sbin:/sbin

NODE := scripts/node
VITEST := $(NODE) node_modules/vitest/vitest.mjs run

# The proxy under test, and how the conformance suite runs: ONLY='udp/* affinity/*', NFT=path/to/nft.
PROXY ?= $(CURDIR)/dist/sluice
JOBS ?= 4
PATIENCE ?= 1
ONLY ?=
NFT ?=
# The scenarios that the proxy is not expected to pass: a module, or none, e.g. for another proxy.
NOT_YET ?= test/conformance/not-yet.ts
CONFORMANCE = $(NODE) test/conformance/run.ts --proxy '$(PROXY)' --not-yet '$(NOT_YET)' --jobs $(JOBS) \
	--patience $(PATIENCE) $(foreach glob,$(ONLY),--only '$(glob)')

# How much `make scale` puts into the cluster.
SERVICES ?= 10000
ENDPOINTS ?= 5

# More for test/vm/run.ts, e.g. VM='--suite sctp'.
VM ?=

# More for test/run.ts, e.g. LEVELS='--only unit,kernel'.
LEVELS ?=

.PHONY: help
help: ## list the targets
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: setup
setup: ## install what is missing: Debian packages (root), npm packages
	@scripts/setup

.PHONY: setup-npm
setup-npm:
	@scripts/setup npm

.PHONY: build
build: setup-npm ## dist/sluice and dist/sluice.mjs
	$(NODE) scripts/build.ts

.PHONY: check
check: setup-npm ## types, lint, format, unit tests
	tsc -p .
	oxlint --type-aware --deny-warnings
	prettier --check --log-level warn .
	$(VITEST) --project unit

.PHONY: format
format: setup-npm ## rewrite all files as prettier wants them
	prettier --write --log-level warn .

.PHONY: unit
unit: setup-npm ## unit tests
	$(VITEST) --project unit

.PHONY: property
property: setup-npm ## property tests: random histories
	$(VITEST) --project property

.PHONY: kernel
kernel: setup ## real nft in network namespaces (root)
	scripts/nft-of other
	$(VITEST) --project kernel

.PHONY: conformance
conformance: setup build ## real packets through the built program (root): ONLY=glob JOBS=n NFT=path PROXY=command
	$(CONFORMANCE) $(if $(NFT),--nft '$(NFT)')

.PHONY: conformance-nft13
conformance-nft13: setup build ## the same with the nft of Debian 13
	$(CONFORMANCE) --nft "$$(scripts/nft-of trixie)"

.PHONY: test-vm
test-vm: setup build ## on Debian's own kernel, in virtual machines (root, amd64): VM='--suite sctp'
	$(NODE) test/vm/run.ts $(VM)

.PHONY: demo
demo: setup build ## a tour with real packets (root)
	$(NODE) test/demo/main.ts

.PHONY: test
test: setup build ## all levels of tests, one after the other (root): LEVELS='--only unit,kernel'
	$(NODE) test/run.ts --jobs $(JOBS) $(LEVELS)

.PHONY: bench
bench: setup build ## time, CPU and memory at scale, beside bare nft and other layouts (root): PROXY=command BENCH='--full'
	$(NODE) bench/run.ts $(if $(PROXY),--proxy '$(PROXY)') $(if $(NFT),--nft '$(NFT)') $(BENCH)

.PHONY: scale
scale: setup build ## one size, measured by packets alone (root): SERVICES=n ENDPOINTS=n PROXY=command
	@mkdir -p bench/results
	$(NODE) bench/scale.ts --proxy '$(if $(PROXY),$(PROXY),$(CURDIR)/dist/sluice)' --services $(SERVICES) --endpoints $(ENDPOINTS) \
		$(if $(NFT),--nft '$(NFT)') --json bench/results/scale-$(SERVICES)x$(ENDPOINTS).json

.PHONY: deploy-check
deploy-check: setup build ## chart, kustomization, alerts, dashboard, a scrape by Prometheus (root)
	scripts/deploy-tools
	$(VITEST) --project deploy

.PHONY: sbom
sbom: setup build ## dist/sluice.cdx.json: what the image holds, as CycloneDX
	scripts/image-packages >dist/image-packages.txt
	$(NODE) scripts/sbom.ts <dist/image-packages.txt >dist/sluice.cdx.json

.PHONY: image-check
image-check: setup build ## build the image's file system and try it (root)
	scripts/image-check

.PHONY: clean
clean: ## remove all that was made, but for node_modules
	rm -rf dist conformance-results coverage .cache
