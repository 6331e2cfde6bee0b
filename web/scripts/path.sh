#!/bin/sh
# Prints the PATH under which the console is built: with a Node that is new enough first.
here=$(dirname "$0")
node=$("$here/node.sh")
if test -n "$node"; then echo "$PATH"; else echo "$(cd "$here/../../.venv/bin" && pwd):$PATH"; fi
