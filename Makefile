# Waybill's tasks. `make` alone lists them. What they need of the system, packaging/deps.sh installs.

.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

# One set of flags for every go command, tests and tools that build included, so that Fyne's C code is
# compiled once (and once more with the race detector). The tag says what [Migrations] in FyneApp.toml
# says: widgets are touched on the main goroutine only. The caller's own GOFLAGS come last and win.
TAGS := migrated_fynedo
export GOFLAGS := -trimpath -buildvcs=false -tags=$(TAGS) $(GOFLAGS)

VERSION ?= $(shell packaging/version.sh)

# Where a build looks for a newer version, and minisign's public key of whoever signs what is there: docs/updates.md.
# With none, it looks nowhere.
UPDATE_URL ?=
UPDATE_KEY ?=

# Tools are built once, at a pinned version, into build/tools, and leave go.mod alone.
TOOLS := build/tools
GOLANGCI_VERSION := v2.15.0
GOLANGCI := $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION)/golangci-lint
MINIO_VERSION := v0.0.0-20260212201848-7aac2a2c5b7c
MINIO := $(TOOLS)/minio
WITH_MINIO = WAYBILL_MINIO="$(CURDIR)/$(MINIO)"

# What looks at the pages for those who cannot see, or not well; for the tests only.
AXE_VERSION := 4.14.1
AXE_SHA256 := 29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c
AXE := $(TOOLS)/axe-core-$(AXE_VERSION)/axe.min.js

NFPM_VERSION := v2.43.0
NFPM := $(TOOLS)/nfpm

GO_DIRS := $(wildcard *.go assets bench e2e gui internal packaging signer)
SCRIPTS := $(wildcard packaging/*.sh packaging/*/*.sh) .ci/run

# What bench measures Waybill beside, each at a pinned version.
PEERS := build/peers
MC_VERSION := v0.0.0-20250313080218-cf909e1063a9
RCLONE_VERSION := v1.76.0
S5CMD_VERSION := v2.3.0
VERSITYGW_VERSION := v1.8.0

# A store of the tests, beside MinIO and rclone's. Its go.mod replaces a module, which "go install" does not take.
SEAWEED_VERSION := v0.0.0-20261109003541-7506e5f91cd6
SEAWEED_REPLACES := github.com/tyler-smith/go-bip39 => github.com/cosmos/go-bip39 v1.0.0

.PHONY: run build test test-stores lint bench bench-peers bench-paths bench-growth bench-window dist test-dist size screenshots icons clean deps help

run: build ## open the window on the sandbox; without a display, do the main job in the terminal
	@case "$$(go env GOOS)$$DISPLAY$$WAYLAND_DISPLAY" in \
	linux|freebsd|openbsd|netbsd) packaging/deps.sh run && packaging/run-headless.sh build/waybill ;; \
	*) exec build/waybill --sandbox ;; \
	esac

build: deps-build ## build the program: build/waybill
	go build -ldflags "-X main.version=$(VERSION) -X main.updateURL=$(UPDATE_URL) -X main.updateKey=$(UPDATE_KEY)" -o build/waybill .

# The end-to-end tests come last and alone, so that nothing else takes their time.
test: deps-build-test $(MINIO) $(AXE) ## run every test with the race detector, then use the program as a person does
	go vet ./...
	$(WITH_MINIO) go test -race -timeout 30m $$(go list ./... | grep -v '/e2e')
	$(WITH_MINIO) go test -race -timeout 30m -count=1 ./e2e/...

# The path of the rclone that bench measures beside is the one of the store.
test-stores: deps-build-stores $(MINIO) $(PEERS)/rclone $(PEERS)/weed ## do the whole job at every S3 server that can be had: docs/stores.md
	$(WITH_MINIO) WAYBILL_STORES="$(CURDIR)/$(PEERS)" go test -tags=$(TAGS),stores -run TestProvenStores -count=1 -timeout 15m ./internal/desk

lint: deps-build-lint $(GOLANGCI) ## check format, vet, golangci-lint and the shell scripts
	@test -z "$$(gofmt -l $(GO_DIRS))" || { echo "not formatted (gofmt -w):"; gofmt -l $(GO_DIRS); exit 1; }
	go vet ./...
	$(GOLANGCI) run
	shellcheck $(SCRIPTS)

# BENCH is for more flags, such as BENCH="-stores minio -loads 1g -runs 3 -out build/minio.md"; -h lists them.
# The whole of "make bench" takes hours: five loads at two stores, over http and https, by six programs, six times.
bench: build ## measure against other programs, found in build/peers or on the PATH
	go run ./bench $(BENCH)

bench-paths: build ## the same over slow paths, and one that resets connections
	go run ./bench paths $(BENCH)

bench-growth: build ## how the cost grows with size and number: docs/growth.svg
	go run ./bench growth $(BENCH)

bench-window: build ## how soon the window is there, and what it costs idle
	go run ./bench window $(BENCH)

bench-peers: deps-peers $(PEERS)/mc $(PEERS)/rclone $(PEERS)/s5cmd $(PEERS)/versitygw $(MINIO) ## build what bench measures beside

$(PEERS)/mc $(PEERS)/rclone $(PEERS)/versitygw:
	@echo "Building $(@F), once; this takes a few minutes."
	cd /tmp && GOFLAGS= GOBIN="$(CURDIR)/$(PEERS)" CGO_ENABLED=0 go install $(peer-$(@F))

peer-mc := github.com/minio/mc@$(MC_VERSION)
peer-rclone := github.com/rclone/rclone@$(RCLONE_VERSION)
peer-versitygw := github.com/versity/versitygw/cmd/versitygw@$(VERSITYGW_VERSION)

# s5cmd's list of versions may be refused where the version itself is not, and "go install" wants the list.
$(PEERS)/s5cmd:
	@echo "Building s5cmd, once; this takes a minute."
	@tmp=$$(mktemp -d) && cd $$tmp && \
		printf 'module peers\n\ngo 1.26.0\n\nrequire github.com/peak/s5cmd/v2 $(S5CMD_VERSION)\n' >go.mod && \
		printf 'package peers\n\nimport _ "github.com/peak/s5cmd/v2"\n' >peers.go && \
		GOFLAGS=-mod=mod CGO_ENABLED=0 go build -trimpath -o "$(CURDIR)/$@" github.com/peak/s5cmd/v2; \
		status=$$?; rm -rf "$$tmp"; exit $$status

$(PEERS)/weed:
	@echo "Building SeaweedFS, a server for the tests, once; this takes some ten minutes."
	@mkdir -p $(PEERS)
	@tmp=$$(mktemp -d) && cd $$tmp && \
		printf 'module stores\n\ngo 1.26.0\n\nrequire github.com/seaweedfs/seaweedfs $(SEAWEED_VERSION)\n\nreplace $(SEAWEED_REPLACES)\n' >go.mod && \
		printf 'package stores\n\nimport _ "github.com/seaweedfs/seaweedfs/weed"\n' >stores.go && \
		GOFLAGS=-mod=mod CGO_ENABLED=0 go build -trimpath -o "$(CURDIR)/$@" github.com/seaweedfs/seaweedfs/weed; \
		status=$$?; rm -rf "$$tmp"; exit $$status

# ARCH=arm64 makes them for that architecture, by a cross compiler; ARCH="amd64 arm64" for both.
ARCH ?= $(shell go env GOHOSTARCH)
CROSS := $(filter-out $(shell go env GOHOSTARCH),$(ARCH))

dist: $(if $(CROSS),build deps-dist-cross,deps-dist) $(NFPM) ## make the Linux packages in dist/
	for arch in $(ARCH); do packaging/dist.sh $(NFPM) $$arch || exit 1; done

# As root, in mounts of its own: they are gone when it ends, whatever it was ended by. With ARCH=arm64 an emulator
# runs the program.
test-dist: dist deps-test-cleanroom ## install the packages in a clean Debian, use them, remove them; as root
	unshare --mount --propagation private \
		go test -tags $(TAGS),dist -timeout 20m -count=1 -run '^$(if $(CROSS),TestCross,TestDist)' ./e2e

size: deps-build ## weigh the program, by module: docs/size.md
	go run ./bench size

# Windows: cross-compiled, its installers, and their test under wine. The first build takes over five minutes.
.PHONY: check-windows dist-windows test-windows
MINGW := GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc

lint: check-windows

check-windows: ## compile and check for Windows what needs no C compiler for it
	GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go vet $(WINDOWLESS)

dist-windows: deps-windows ## make the Windows installers in dist/
	packaging/windows/dist.sh

test-windows: dist-windows deps-build-test-wine ## install them under wine, use them, and remove them
	$(MINGW) go vet -tags=$(TAGS),accessibility . ./gui
	go vet -tags $(TAGS),wine ./e2e
	go test -tags $(TAGS),wine -timeout 30m -count=1 -run Wine ./e2e

screenshots: deps-build-test ## take the pictures in docs/screenshots
	go test -tags $(TAGS),screenshots -timeout 30m -count=1 -run Screenshots ./e2e

# -- what a release is made by and checked by; CONTRIBUTING.md says how to release

ACTIONLINT_VERSION := v1.7.12
ACTIONLINT := $(TOOLS)/actionlint-$(ACTIONLINT_VERSION)/actionlint
CYCLONEDX_VERSION := v1.10.0
CYCLONEDX := $(TOOLS)/cyclonedx-gomod-$(CYCLONEDX_VERSION)/cyclonedx-gomod
GOVULNCHECK_VERSION := v1.9.0
GOVULNCHECK := $(TOOLS)/govulncheck-$(GOVULNCHECK_VERSION)/govulncheck

# The rooms without a window: what a Mac's compiler for C is not needed for.
WINDOWLESS := ./assets/... ./internal/... ./packaging/... ./signer/...

.PHONY: lint-release check-darwin notices errors vulncheck sbom reproducible dist-macos test-windowless

lint: lint-release

lint-release: deps-lint $(ACTIONLINT) check-darwin
	$(ACTIONLINT)
	go run ./packaging/notices -check
	go run ./packaging/errors -check

# The rooms without a window with their tests, then the whole program by its types alone.
check-darwin: ## compile and check for macOS what needs no Mac
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 go vet $(WINDOWLESS)
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 go build $(WINDOWLESS)
	go run ./packaging/typecheck darwin/arm64

test-windowless: $(MINIO) ## run the tests of the rooms without a window
	$(WITH_MINIO) go test -timeout 30m $(WINDOWLESS)

notices: ## write THIRD_PARTY_NOTICES
	go run ./packaging/notices

errors: ## write docs/errors.md
	go run ./packaging/errors

vulncheck: deps-run deps-build $(GOVULNCHECK) ## look for known faults in what is linked
	packaging/vulncheck.sh $(GOVULNCHECK)

sbom: $(CYCLONEDX) ## list what the program is built of, as CycloneDX, in dist/
	packaging/sbom.sh $(CYCLONEDX)

reproducible: $(NFPM) ## make the Linux packages twice and compare them
	packaging/reproducible.sh

dist-macos: ## make the app and its image in dist/, on a Mac
	packaging/macos/build.sh
	packaging/macos/check.sh

$(ACTIONLINT):
	@echo "Building actionlint $(ACTIONLINT_VERSION), once."
	GOFLAGS= GOBIN="$(CURDIR)/$(@D)" CGO_ENABLED=0 go install github.com/rhysd/actionlint/cmd/actionlint@$(ACTIONLINT_VERSION)

$(CYCLONEDX):
	@echo "Building cyclonedx-gomod $(CYCLONEDX_VERSION), once."
	GOFLAGS= GOBIN="$(CURDIR)/$(@D)" CGO_ENABLED=0 go install \
		github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@$(CYCLONEDX_VERSION)

$(GOVULNCHECK):
	@echo "Building govulncheck $(GOVULNCHECK_VERSION), once."
	GOFLAGS= GOBIN="$(CURDIR)/$(@D)" CGO_ENABLED=0 go install golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION)

# --

icons: deps-icons ## draw the icon's PNG files from its SVG files
	@for size in 16 24 32 48 64 128 256 512 1024; do \
		case $$size in 16|32) svg=icon-small ;; 24) svg=icon-24 ;; *) svg=icon ;; esac; \
		rsvg-convert -w $$size -h $$size assets/$$svg.svg -o assets/icons/icon-$$size.png || exit 1; \
	done
	cp assets/icons/icon-512.png assets/icon.png

clean: ## remove what was built
	rm -rf build dist

help: ## list these tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

deps: deps-build-run-test-lint-icons

# deps-A-B installs what is missing of the groups A and B of packaging/deps.sh.
deps-%:
	@packaging/deps.sh $(subst -, ,$*)

$(GOLANGCI):
	@echo "Building golangci-lint $(GOLANGCI_VERSION), once; this takes a minute or two."
	GOBIN="$(CURDIR)/$(@D)" CGO_ENABLED=0 go install \
		github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

$(NFPM):
	@echo "Building nfpm $(NFPM_VERSION), once; this takes a minute or two."
	GOFLAGS= GOBIN="$(CURDIR)/$(@D)" CGO_ENABLED=0 go install github.com/goreleaser/nfpm/v2/cmd/nfpm@$(NFPM_VERSION)

$(AXE):
	@command -v npm >/dev/null || packaging/deps.sh axe
	@echo "Fetching axe-core $(AXE_VERSION), once."
	@mkdir -p $(@D)
	@tmp=$$(mktemp -d) && (cd $$tmp && npm pack --silent axe-core@$(AXE_VERSION) >/dev/null && tar -xzf axe-core-*.tgz package/axe.min.js && \
		echo "$(AXE_SHA256)  package/axe.min.js" | sha256sum -c --quiet) && cp $$tmp/package/axe.min.js $@; \
		status=$$?; rm -rf "$$tmp"; exit $$status

# A server for the tests only, never linked in. One that is there already will do: name it in WAYBILL_MINIO.
$(MINIO):
	@mkdir -p $(TOOLS)
	@for at in "$$WAYBILL_MINIO" "$$(go env GOPATH)/bin/minio"; do \
		if [ -x "$$at" ]; then rm -f $@ && ln -s "$$at" $@ && exit 0; fi; \
	done; \
	echo "Building MinIO, a server for the tests, once; this takes two minutes or three."; \
	rm -f $@ && GOBIN="$(CURDIR)/$(TOOLS)" CGO_ENABLED=0 go install github.com/minio/minio@$(MINIO_VERSION)
