#!/usr/bin/env bash
# The steps of the checks: `.ci/steps.sh NAME…` runs those named, in their order, and stops at the
# first that fails; without a name it lists them. The justfile and .ci/run call nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Features that stable cannot build. No step turns them on.
readonly NIGHTLY_FEATURES="nightly"

# The version of Python's objgraph that the tests compare with.
readonly PYTHON_OBJGRAPH="3.7.0"

# What users build. The member objgraph-bench turns the feature `always` on, so a build with
# tracking off must not see it.
readonly USERS_PACKAGES=(-p objgraph -p objgraph-core -p objgraph-analysis -p objgraph-derive)

readonly STEPS=(setup bare programs drift fuzz fmt clippy docs off always stress huge release features ecosystem owners nightly alloctests examples bench)

# What the tests need beyond cargo.
step_setup() {
    cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
    cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
    local missing=()
    command -v dot >/dev/null || missing+=(graphviz)
    command -v valgrind >/dev/null || missing+=(valgrind)
    if ((${#missing[@]})); then
        twice install_packages "${missing[@]}"
    fi
    if ! python3 -c "import objgraph, networkx; assert objgraph.__version__ == '$PYTHON_OBJGRAPH'" \
        2>/dev/null; then
        PIP_ROOT_USER_ACTION=ignore PIP_BREAK_SYSTEM_PACKAGES=1 \
            twice python3 -m pip install --quiet "objgraph==$PYTHON_OBJGRAPH" networkx
    fi
    # std's own tests. They are not needed, and not everywhere.
    if [[ -z $(std_library) ]] && apt-cache show rust-web-src >/dev/null 2>&1; then
        install_packages rust-web-src || echo "the sources of std cannot be installed"
    fi
    dot -V
    valgrind --version
    python3 -c 'import objgraph; print("objgraph of Python,", objgraph.__version__)'
    python3 -c 'import networkx; print("NetworkX,", networkx.__version__)'
}

# The commands of the README, as a newcomer runs them: in a fresh folder, with a home and a cargo
# home of their own, and with a toolchain that lacks the component rust-src.
step_bare() {
    local newcomer path
    newcomer=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$newcomer'" EXIT
    mkdir -p "$newcomer/a folder" "$newcomer/home"
    git ls-files -z --cached --others --exclude-standard |
        xargs -0 -I{} sh -c 'test ! -e "$1" || printf "%s\0" "$1"' _ {} |
        tar --create --null --files-from=- | tar --extract --directory "$newcomer/a folder"
    path=$(bare_toolchain "$newcomer/toolchain"):$PATH
    (
        cd "$newcomer/a folder"
        export HOME=$newcomer/home CARGO_HOME=$newcomer/home/cargo PATH=$path
        unset CARGO_TARGET_DIR
        show rustc --version
        test ! -e "$(rustc --print sysroot)/lib/rustlib/src"
        step_test | tee "$newcomer/output"
        show bash -euc "$(readme_block quickstart-command)"
    )
    local lines
    lines=$(wc -l <"$newcomer/output")
    echo "cargo test printed $lines lines"
    ((lines < 1500))
}

# A copy of the toolchain, by hard links where these are possible, without the sources of std.
# Prints the folder of its programs.
bare_toolchain() {
    local sysroot
    sysroot=$(rustc --print sysroot)
    cp --archive --link "$sysroot" "$1" 2>/dev/null || cp --archive "$sysroot" "$1"
    rm -rf "$1/lib/rustlib/src"
    echo "$1/bin"
}

# The README's test command, here.
step_test() {
    local command
    command=$(readme_block test-command)
    show bash -euc "$command"
}

# The tests that build whole programs: users' crates, a suite that leaks, what must not compile, and
# random programs under valgrind.
step_programs() {
    show cargo test -p objgraph --test adoption --test compiler_errors --test leaky_tests --test ui \
        --test valgrind
    show cargo test --release -p objgraph --test leaky_tests
}

step_fmt() {
    show cargo fmt --all --check
    show cargo fmt --manifest-path fuzz/Cargo.toml --check
}

# With tracking on, then with tracking off.
step_clippy() {
    local all
    all=$(features objgraph objgraph-core objgraph-analysis objgraph-derive objgraph-bench \
        objgraph-bench-alone)
    show cargo clippy --workspace --all-targets --features "$all" -- -D warnings
    show cargo clippy --release "${USERS_PACKAGES[@]}" --all-targets -- -D warnings
}

step_docs() {
    RUSTDOCFLAGS="-D warnings" show cargo doc --no-deps --workspace
}

# Tracking off: no debug assertions, no feature `always`.
step_off() {
    show cargo test --release "${USERS_PACKAGES[@]}"
}

# Tracking on in a release build, where threads meet more often.
step_always() {
    show cargo test --release -p objgraph -p objgraph-core -p objgraph-analysis \
        --features objgraph/always,objgraph-core/always --lib --tests
}

# When a test ends, in its own thread, the counters must equal a full recount of the table; and no
# threads may wait for each other's locks.
step_drift() {
    local out times
    out=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$out'" EXIT
    # shellcheck disable=SC2046
    RUSTC_WORKSPACE_WRAPPER=$PWD/.ci/recounting_rustc \
        cargo test --no-run --message-format=json -p objgraph -p objgraph-core -p objgraph-analysis \
        --features parking_lot/deadlock_detection $(drift_targets) | test_binaries >"$out/binaries"
    # Whether all tests pass is the affair of another step.
    # shellcheck disable=SC2016
    xargs --max-procs="$(nproc)" --replace=BINARY -- \
        bash -c '"$1" --test-threads=1 >"$0/$(basename "$1").log" 2>&1 || true' "$out" BINARY \
        <"$out/binaries"
    if grep -F "objgraph: when " "$out"/*.log >&2; then
        return 1
    fi
    times=$(cat "$out"/*.log | grep -cF "objgraph: recounted when ")
    echo "recounted $times times"
    ((times > 200))
}

# Those that build programs of their own, or run for minutes, are left out.
drift_targets() {
    echo --lib
    local file name
    for file in tests/*.rs tests/*/main.rs objgraph-core/tests/*.rs objgraph-core/tests/*/main.rs; do
        name=${file%/main.rs}
        name=$(basename "$name" .rs)
        case $name in
        cases | compiler_errors | ui | valgrind | size | huge | heap | stress | adopt | adoption | derive | leaky_tests | python | nightly_pointers | common) ;;
        *) echo "--test $name" ;;
        esac
    done
}

# The paths of the test programs in what cargo tells as JSON.
test_binaries() {
    python3 -c '
import json, sys
for line in sys.stdin:
    told = json.loads(line)
    if told.get("reason") == "compiler-artifact" and told["profile"]["test"] and told["executable"]:
        print(told["executable"])
'
}

# Leaks are looked for while other threads move references about, for a minute.
step_stress() {
    OBJGRAPH_STRESS_SECONDS=${OBJGRAPH_STRESS_SECONDS:-60} \
        show cargo test --release -p objgraph --features objgraph/always --test stress
    OBJGRAPH_STRESS_SECONDS=${OBJGRAPH_STRESS_SECONDS:-60} \
        show cargo test --release -p objgraph --features objgraph/always --test trust threads::
}

# Ten million objects, and lists that long: the tests that take gigabytes, one after the other.
# HUGE names those to run.
step_huge() {
    show cargo test --release -p objgraph --features objgraph/always --test size
    local test
    for test in ${HUGE:-a_list_of_ten_million_rc ten_million_boxes ten_million_vecs}; do
        show cargo test --release -p objgraph --features objgraph/always --test huge -- \
            --exact "$test"
    done
}

# What reads text that others wrote: the corpus of the fuzzer, and what is near to it. To look for
# more: `cargo +nightly fuzz run TARGET`.
step_fuzz() {
    show cargo test --manifest-path fuzz/Cargo.toml --target-dir "${CARGO_TARGET_DIR:-target}" \
        --no-default-features --locked
}

step_release() {
    show cargo build --release
}

# Each feature by itself.
step_features() {
    local package feature
    for package in objgraph objgraph-core objgraph-analysis; do
        show cargo clippy -p "$package" --no-default-features -- -D warnings
        for feature in $(features "$package" | tr ',' ' '); do
            show cargo clippy -p "$package" --no-default-features --features "$feature" \
                -- -D warnings
        done
    done
}

# The types of other crates, all at once.
step_ecosystem() {
    show cargo test --test containers --features ecosystem
}

# Each handle is known: the pointers are still std's to whoever uses them.
step_owners() {
    show cargo test -p objgraph --features owners --lib --test owners --test captures --test leaks \
        --test left_behind --test trust
    show cargo test -p objgraph-core --features owners --lib --test pointers --test pointers_pins \
        --test std_pointers
}

# What needs a nightly compiler, where there is one.
step_nightly() {
    if ! cargo +nightly --version >/dev/null 2>&1; then
        echo "skipped: there is no nightly toolchain"
        return
    fi
    show cargo +nightly test -p objgraph-core --features nightly --test nightly_pointers
}

# std's own tests, and the examples in its documentation, with objgraph's pointers, where a package
# has them.
step_alloctests() {
    local library
    library=$(std_library)
    if [[ -z $library ]]; then
        echo "skipped: no package with the sources of std is installed"
        return
    fi
    show python3 .ci/alloctests.py "$library"
}

# The folder `library` of the sources of Rust that are installed; nothing if there are none.
std_library() {
    local library
    for library in "$(rustc --print sysroot)/lib/rustlib/src/rust/library" \
        /usr/lib/rustlib/src/rust/library /usr/src/rustc-*/library; do
        if [[ -f $library/alloctests/tests/rc.rs || -f $library/alloc/tests/rc.rs ]]; then
            echo "$library"
            return
        fi
    done
}

# The examples, and whether they draw what the documents show. `tests/guide.rs` compares the texts.
step_examples() {
    local out pictures
    out=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$out'" EXIT
    pictures=${CARGO_TARGET_DIR:-target}/objgraph
    rm -rf "$pictures"
    show cargo run --quiet --example quickstart
    expect "$pictures/quickstart.svg" "<svg"
    draw "$out"
    cmp "$out/objgraph/quickstart.svg" docs/quickstart.svg || {
        echo "docs/quickstart.svg is not what quickstart draws; renew it: $0 picture" >&2
        return 1
    }
    show cargo run --quiet --example guide
    guide "$out"
    diff --recursive --brief "$out/pictures" docs/guide || {
        echo "docs/guide is not what the guide draws; renew it: $0 picture" >&2
        return 1
    }
    inlined_pictures | cmp - src/guide/pictures.md || {
        echo "src/guide/pictures.md does not have the pictures of docs/guide; renew it: $0 picture" >&2
        return 1
    }
    show cargo run --quiet --example dom_leak -- --parent strong | tee "$out/strong"
    expect "$out/strong" "1 leak of 1 kind"
    expect "$out/strong" "fix: make \`Parent::Strong.0\` Weak"
    expect "$pictures/dom_leak.svg" "<svg"
    show cargo run --quiet --example dom_leak -- --parent weak | tee "$out/weak"
    expect "$out/weak" "Nothing leaked"
    show cargo run --quiet --release --example dom_leak -- --parent strong | tee "$out/off"
    expect "$out/off" "Tracking is off"
    if show cargo run --quiet --example dom_leak -- --parent loose 2>"$out/usage"; then
        echo "dom_leak accepted '--parent loose'" >&2
        return 1
    fi
    expect "$out/usage" "Usage:"
}

# Not a check: renews the pictures of the README and of the guide.
step_picture() {
    show cargo build --quiet --example quickstart --example guide
    local out
    out=$(mktemp -d)
    draw "$out"
    mv "$out/objgraph/quickstart.svg" docs/quickstart.svg
    guide "$out"
    mkdir -p docs/guide
    rm -f docs/guide/*.svg
    mv "$out"/pictures/*.svg docs/guide
    inlined_pictures >src/guide/pictures.md
    rm -r "$out"
}

# What tracking costs, with small sizes and generous bounds; and the tests of what measures it.
step_bench() {
    show cargo test --release -p objgraph-bench
    show cargo run --release -p objgraph-bench -- compare --quick
}

# Not a check: everything that is measured, in full size.
step_compare() {
    show cargo run --release -p objgraph-bench -- compare --compile
}

# Prints a command, then runs it.
show() {
    echo "+ $*" >&2
    "$@"
}

# A download may fail once.
twice() {
    "$@" || { sleep 5 && "$@"; }
}

install_packages() {
    local root=()
    [[ $(id -u) == 0 ]] || root=(sudo)
    "${root[@]}" apt-get update -q
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy "$@"
}

# The features of these packages, as PACKAGE/FEATURE with commas between them.
features() {
    cargo metadata --format-version 1 --no-deps | python3 -c '
import json, sys
nightly, *wanted = sys.argv[1:]
print(",".join(
    "/".join((package["name"], feature))
    for package in json.load(sys.stdin)["packages"]
    if package["name"] in wanted
    for feature in sorted(package["features"])
    if feature != "default" and feature not in nightly.split()
))' "$NIGHTLY_FEATURES" "$@"
}

# The fenced block of the README after the comment of this name.
readme_block() {
    awk -v comment="<!-- $1 -->" '
        $0 == comment { found = 1; next }
        found && /^```/ { if (fence++) exit; next }
        fence { print; lines++ }
        END { if (!lines) { print "README.md has no block " comment > "/dev/stderr"; exit 1 } }
    ' README.md
}

# Runs quickstart where no `dot` is found, so that its own layout draws.
draw() {
    PATH='' CARGO_TARGET_DIR=$1 "${CARGO_TARGET_DIR:-target}/debug/examples/quickstart" >/dev/null
}

# Runs the guide where no `dot` is found; its pictures are then in the folder `pictures`.
guide() {
    PATH='' CARGO_TARGET_DIR=$1 "${CARGO_TARGET_DIR:-target}/debug/examples/guide" >/dev/null
    mkdir "$1/pictures"
    mv "$1"/objgraph/guide/*.svg "$1/pictures"
}

# The pictures of the guide as data, for its page on docs.rs, which has no files beside it.
inlined_pictures() {
    local picture LC_ALL=C
    for picture in docs/guide/*.svg; do
        echo "[$(basename "$picture")]: data:image/svg+xml;base64,$(base64 <"$picture" | tr -d '\n')"
    done
}

expect() {
    grep -qF -- "$2" "$1" || {
        echo "$1 does not contain: $2" >&2
        return 1
    }
}

main() {
    if (($# == 0)); then
        printf '%s\n' "${STEPS[@]}"
        return
    fi
    local step
    for step in "$@"; do
        declare -F "step_$step" >/dev/null || {
            echo "no step is called '$step'; there are: ${STEPS[*]}" >&2
            exit 2
        }
    done
    for step in "$@"; do
        "step_$step"
    done
}

main "$@"
