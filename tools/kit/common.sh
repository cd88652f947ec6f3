# What the scripts beside this one share. They work in the top directory of the repository.
set -eu
umask 022
cd "$(dirname "$0")/../.."

say() { printf 'kit: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# as_url PATH is a directory as GOPROXY takes it.
as_url() { printf 'file://%s' "$(printf '%s' "$1" | sed 's/%/%25/g; s/ /%20/g; s/#/%23/g; s/?/%3F/g; s/,/%2C/g; s/|/%7C/g')"; }

# need_modules has the go command fetch what checks need, and the project's own tests, on each system that the course
# is taught on. What is in a lesson does not matter: all of them import the same. The graph is for imports that nothing
# provides: the go command says so only if it has every module's go.mod.
need_modules() {
	for system in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64; do
		for module in . tools; do
			(cd "$module" && GOWORK=off GOOS=${system%/*} GOARCH=${system#*/} go list -deps -test ./... >/dev/null) || return
		done
	done
	for module in . tools; do
		(cd "$module" && GOWORK=off go mod graph >/dev/null) || return
	done
}

# engine prints the platform of the Docker engine, or fails when there is none that answers.
engine() { docker version --format '{{.Server.Os}}/{{.Server.Arch}}' 2>/dev/null; }
