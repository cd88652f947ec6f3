# Serverless Patterns in Go. `make` alone lists what there is.
#
#   make lesson-3 check      check lesson 3; so does make lesson-3 alone
#   make check               check every lesson
#
# It works with GNU make 3.81, which macOS has.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# lesson-3 lesson-4 check  →  3 4
lessons := $(patsubst lesson-%,%,$(filter lesson-%,$(MAKECMDGOALS)))
verbs := check watch hint serve diff reset solution
verb := $(filter $(verbs),$(MAKECMDGOALS))
proof := $(filter verify,$(MAKECMDGOALS))
backend := $(if $(BACKEND),--backend $(BACKEND))
dir := $(if $(DIR),--dir "$(DIR)")
seed := $(if $(SEED),--seed $(SEED))

# A lesson that is not passed must end make with an error, and without make's own message under the
# one that the learner is to read. With -q, make says nothing: it fails if a recipe has anything left
# to do. So with -q the checker runs from a line that is run all the same (+), and leaves a mark if it
# failed; the recipe after it has something to do if the mark is there.
# verify is no learner's: its failure is make's, too.
ifneq ($(if $(proof),,$(strip $(lessons) $(verb))),)
MAKEFLAGS += -q
endif
mark := .workshop/make-failed-$(shell echo $$PPID)

# What goes wrong in time is known before anything is built.
ifneq ($(and $(filter-out check,$(verb)),$(if $(lessons),,none)),)
$(error Which lesson? For example: make lesson-1 $(firstword $(verb)))
endif

# A mistyped verb would be found only after the lesson was checked.
unknown := $(if $(lessons),$(filter-out lesson-% $(verbs),$(MAKECMDGOALS)))
ifneq ($(unknown),)
unknown := $(filter-out $(shell sed -n 's/^\([a-z/-]*\):.*/\1/p' $(firstword $(MAKEFILE_LIST))),$(unknown))
endif
ifneq ($(unknown),)
$(error make does not know "$(firstword $(unknown))". After a lesson comes one of: $(verbs) verify)
endif

sources := go.mod go.sum $(shell find checker -name testdata -prune -o -type f -print)

.PHONY: help
help: ## List what there is.
	@echo "make lesson-1 check      check lesson 1; so does make lesson-1 alone"
	@echo "     BACKEND=containers    on DynamoDB Local and ElasticMQ in Docker, at once"
	@echo "     BACKEND=embedded      on what needs no Docker, alone"
	@echo "     BACKEND=URL           on another emulator of DynamoDB and SQS"
	@echo "     ONLY=ID               one requirement, by its id"
	@echo "     DIR=solutions         the reference solution"
	@echo "make lesson-1 watch PLAIN=1     line by line, for screen readers and pipes"
	@echo "make lesson-1 hint ONLY=ID      for this requirement"
	@echo "make lesson-1 diff ANYWAY=1     although the lesson is not passed"
	@echo "make lesson-1 reset RESTORE=NAME   the files that were saved under this name"
	@echo "make lesson-1 serve PORT=8080   its APIs on this machine, from port 8080 on"
	@echo "     DEBUG=FUNCTION        that function under a debugger, which connects at port 2345"
	@echo "     HURRY=1               messages of queues that failed come back at once"
	@echo "make test RACE=1          with the race detector, which takes a C compiler"
	@echo "make bench N=3            three pairs of each measurement instead of seven"
	@echo "     COLD=1                a fresh clone with an empty build cache, too"
	@echo "     JSON=1                the results as data"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s  %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: check watch hint diff reset solution serve
check: run-check ## Check every lesson, or those that are named.
watch: run-watch ## Check a lesson each time you save: make lesson-1 watch
hint: run-hint ## Give a hint for the requirement that fails now: make lesson-1 hint
diff: run-diff ## Show how your files differ from the reference: make lesson-1 diff
reset: run-reset ## Put a lesson's first files back; yours are saved: make lesson-1 reset
solution: run-solution ## Put the reference in place of your files, which are saved: make lesson-1 solution
serve: run-serve ## Keep a lesson's stack running, with its APIs: make lesson-1 serve
$(verbs):
	$(if $(shell cat $(mark) 2>/dev/null; rm -f $(mark)),@false)

flags-check = $(backend) $(dir) $(if $(ONLY),--only $(ONLY)) $(seed)
flags-watch = $(backend) $(dir) $(seed) $(if $(PLAIN),--plain)
flags-hint = $(if $(ONLY),--only $(ONLY))
flags-diff = $(if $(ANYWAY),--anyway)
flags-reset = $(if $(RESTORE),--restore $(RESTORE))
flags-serve = $(if $(DEBUG),--debug $(DEBUG)) $(dir) $(backend) $(seed) $(if $(PORT),--port $(PORT)) $(if $(HURRY),--hurry)

# Ctrl-C is for the checker, which ends by it. The shell waits for that, so that make, which ends by it too, has nothing to say.
# A checkout may be read-only: then make says that something has failed.
.PHONY: $(addprefix run-,$(verbs))
$(addprefix run-,$(verbs)): run-%: bin/checker $(if $(DEBUG),bin/dlv)
	+@trap 'rm -f $(mark); exit 0' INT; mkdir -p .workshop 2>/dev/null; rm -f $(mark); \
	  bin/checker $* $(flags-$*) $(lessons) || { echo failed > $(mark); } 2>/dev/null || exit 1

# make lesson-1 alone checks it. With a verb, the verb does it all.
lesson-%: $(if $(verb)$(proof),,check)
	$(if $(proof),@:)

bin/checker: $(sources)
	+@test -x bin/checker || echo "Building the checker. The first build takes a minute or two: it fetches and compiles the AWS SDK."
	+@CGO_ENABLED=0 GOWORK=off go build -trimpath -ldflags "-s -w" -o bin/ ./checker ./checker/sandbox/isolation/checker-stage

bin/dlv: tools/go.mod tools/go.sum
	@echo "Building delve."
	@cd tools && CGO_ENABLED=0 go build -o ../bin/dlv github.com/go-delve/delve/cmd/dlv

.PHONY: list
list: bin/checker ## List the lessons, which are passed, and what is next.
	@bin/checker list

.PHONY: setup
setup: bin/checker ## Fetch and build everything beforehand, so that the first check is fast.
	@echo "Fetching the modules of lessons and tests."
	@GOWORK=off go list -e -deps -test ./... >/dev/null
	@# Offline, the go command knows that nothing provides an import only if it has every module's go.mod.
	@GOWORK=off go mod graph >/dev/null
	@echo "Building the functions of all lessons."
	@for functions in solutions lessons; do \
	  CGO_ENABLED=0 GOWORK=off go build -trimpath -tags lambda.norpc -ldflags "-s -w" -o .workshop/setup/ ./$$functions/... || \
	    echo "Not all of $$functions builds: what their checks say is for later."; \
	done; rm -rf .workshop/setup
	@bin/checker setup

# The tests of these mostly start other programs, which -race sees nothing of.
programs = /checker/(cli|bench|grade|course/lesson)

.PHONY: test
test: ## Run the project's own tests.
	@# The proof of the course takes minutes; on a slow machine, more than the ten that go test allows.
	@$(if $(RACE),go test -race -timeout 40m $$(go list ./... | grep -vE '$(programs)'))
	@go test -timeout 40m $(if $(RACE),$$(go list ./... | grep -E '$(programs)'),./...)
	@cd tools && go test ./...

.PHONY: verify
verify: bin/checker ## Prove the course: solutions pass, starters and mistakes fail as declared.
	@# Less urgent than anything else: emulators in containers that are not get the CPU when they need it.
	@nice bin/checker verify --pristine $(if $(BACKEND),--backend $(BACKEND)) $(if $(RUNS),--runs $(RUNS)) $(lessons)

.PHONY: lint
lint: ## Look for mistakes in the project's code.
	@for system in linux darwin; do CGO_ENABLED=0 GOOS=$$system go vet ./... || exit 1; done
	@cd tools && go vet ./...
	@cd tools && go build -o ../bin/ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@cd tools/actionlint && go build -o ../../bin/ github.com/rhysd/actionlint/cmd/actionlint
	@bin/golangci-lint run ./...
	@cd tools && ../bin/golangci-lint run ./...
	@bin/actionlint .github/workflows/*.yml docs/classroom/*.yml
	@cd tools && go run ./devcontainer
	@cd tools && go run ./picture -check

.PHONY: pictures
pictures: ## Draw the docs' pictures anew. That of the grading page takes Chromium.
	@cd tools && go run ./picture
	@UPDATE_GOLDEN=1 go test -count=1 -run TestThePageOfARoomIsAsItIsKept ./checker/grade
	@cd tools && go run ./page

.PHONY: bench
bench: bin/checker ## Measure what the checker costs beside bare builds and calls. It takes some minutes.
	@CGO_ENABLED=0 GOWORK=off go build -trimpath -ldflags "-s -w" -o bin/bench ./checker/bench
	@bin/bench $(if $(N),-n $(N)) $(if $(COLD),--cold $(COLD)) $(if $(JSON),--json)

.PHONY: validate
validate: ## Have SAM and cfn-lint judge every template.
	@tools/sam/validate

.PHONY: deploy
deploy: ## Deploy all solutions to your AWS account. It asks first, and says what it costs.
	@tools/sam/deploy

.PHONY: destroy
destroy: ## Remove from AWS what deploy has made. It asks first.
	@tools/sam/destroy

.PHONY: doctor
doctor: bin/checker ## Tell what of this machine the checker can use.
	@bin/checker doctor

.PHONY: down
down: bin/checker ## Remove the containers of checks on this machine, of other clones too.
	@bin/checker down

.PHONY: images
images: ## Build the container images here, for places without a registry.
	@tools/images/build

.PHONY: kit
kit: bin/checker ## Pack course, modules and images into one archive, for laptops without a network.
	@tools/kit/pack $(if $(KIT),"$(KIT)")

.PHONY: unpack-kit
unpack-kit: ## Ready this machine from such an archive, with the network off.
	@tools/kit/unpack $(if $(KIT),"$(KIT)")
