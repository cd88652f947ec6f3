# What the scripts beside this one share. They work in the top directory of the repository.
set -eu
cd "$(dirname "$0")/../.."

need() { # COMMAND HOW-TO-GET-IT
  command -v "$1" >/dev/null || { echo "$1 is not installed: $2" >&2; exit 1; }
}
need_sam() { need sam "pip install aws-sam-cli, or \"Install the AWS SAM CLI\" in the AWS SAM Developer Guide"; }

# What sam build passes on to the go command: the flags that the checker builds with, too.
export GOFLAGS="-trimpath -tags=lambda.norpc '-ldflags=-s -w'"
export SAM_CLI_TELEMETRY="${SAM_CLI_TELEMETRY-0}"
