#!/bin/sh
# Prints a Node of 20.19 or newer that has npm, or nothing.
command -v npm >/dev/null 2>&1 || exit 0
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null && command -v node
exit 0
