//! What `adopt` writes, as text. rustfmt leaves each of the expected texts as it is.

use expect_test::{Expect, expect};
use objgraph_edits::{Edition, adopt, apply};

fn check_in(edition: Edition, source: &str, expected: Expect) {
    let plan = adopt(source, edition).expect("it is Rust");
    let text = apply(source, &plan.edits).text;
    let again = adopt(&text, edition).expect("it is Rust");
    assert_eq!(again.edits, [], "adopted twice:\n{text}");
    let skipped = plan.skipped.iter().map(|skipped| {
        format!(
            "// {:?}, line {}: {}\n",
            skipped.item, skipped.line, skipped.reason
        )
    });
    expected.assert_eq(&(text + &skipped.collect::<String>()));
}

fn check(source: &str, expected: Expect) {
    check_in(Edition::E2024, source, expected);
}

#[test]
fn imports_of_pointers_lead_to_objgraph() {
    check(
        "\
use crate::zoo;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::vec;
use tokio::task;
",
        expect![[r#"
            use crate::zoo;
            use objgraph::rc::{Rc, Weak};
            use std::cell::RefCell;
            use std::vec;
            use tokio::task;
        "#]],
    );
}

#[test]
fn mixed_imports_are_split() {
    check(
        "\
use std::sync::{Arc, Mutex};

pub(crate) use std::{cell::RefCell, rc::Rc};

use std::{fmt, io::{self, Read}, rc::{self, Weak}, sync::Weak as SyncWeak, sync::{mpsc, Arc}};
use std::{self, rc::Rc as R};
",
        expect![[r#"
            use objgraph::sync::Arc;
            use std::sync::Mutex;

            pub(crate) use objgraph::rc::Rc;
            pub(crate) use std::cell::RefCell;

            use objgraph::{
                rc::{self, Weak},
                sync::Weak as SyncWeak,
                sync::Arc,
            };
            use std::{
                fmt,
                io::{self, Read},
                sync::mpsc,
            };
            use objgraph::rc::Rc as R;
            use std::{self};
        "#]],
    );
}

#[test]
fn imports_stay_sorted_and_short() {
    check(
        "\
#[cfg(feature = \"std\")]
pub use std::sync::{
    Arc, Barrier, BarrierWaitResult, Condvar, LazyLock, LockResult, Mutex, MutexGuard, Once, RwLock,
    RwLockReadGuard, RwLockWriteGuard,
};
use std::{
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
    fmt,
    rc::Rc,
};

mod inner {
    use super::Node;
    use std::{
        cell::{Cell, RefCell},
        rc::{Rc, Weak},
    };

    fn f() {
        use std::rc::Rc;
        use std::sync::Once;
    }
}
",
        expect![[r#"
            use objgraph::rc::Rc;
            #[cfg(feature = "std")]
            pub use objgraph::sync::Arc;
            #[cfg(feature = "std")]
            pub use std::sync::{
                Barrier, BarrierWaitResult, Condvar, LazyLock, LockResult, Mutex, MutexGuard, Once, RwLock,
                RwLockReadGuard, RwLockWriteGuard,
            };
            use std::{
                collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
                fmt,
            };

            mod inner {
                use super::Node;
                use objgraph::rc::{Rc, Weak};
                use std::cell::{Cell, RefCell};

                fn f() {
                    use objgraph::rc::Rc;
                    use std::sync::Once;
                }
            }
        "#]],
    );
}

#[test]
fn a_module_is_imported_if_its_pointers_are_used() {
    check(
        "use std::rc;\nuse std::sync;\n\nfn f(a: sync::Arc<u8>, b: rc::Rc<u8>) {}\n",
        expect![[r#"
            use objgraph::rc;
            use objgraph::sync;

            fn f(a: sync::Arc<u8>, b: rc::Rc<u8>) {}
        "#]],
    );
    check(
        "use std::rc::*;\nuse std::sync;\nuse std::sync::{self, mpsc};\n\nfn f(a: std::sync::Arc<sync::Once>) {}\n",
        expect![[r#"
            use objgraph::rc::*;
            use std::sync;
            use std::sync::{self, mpsc};

            fn f(a: objgraph::sync::Arc<sync::Once>) {}
        "#]],
    );
}

#[test]
fn an_import_with_a_comment_is_left() {
    check(
        "use std::rc::Rc; // Shared.\nuse std::rc::{\n    // Back.\n    Weak,\n};\n",
        expect![[r#"
            use objgraph::rc::Rc; // Shared.
            use std::rc::{
                // Back.
                Weak,
            };
            // Import("use std::rc::{\n    // Back.\n    Weak,\n};"), line 2: it has a comment inside
        "#]],
    );
}

#[test]
fn paths_of_pointers_lead_to_objgraph() {
    check(
        r#"
fn f(a: &::std::rc::Rc<u8>, b: alloc::sync::Weak<u8>) -> std::sync::Mutex<std::rc::Rc<u8>> {
    assert_eq!(std::rc::Rc::strong_count(a), 1);
    quote!(std::rc::Rc::new(1))
}
macro_rules! own { () => { std::rc::Rc::new(1) }; }
#[macro_export]
macro_rules! theirs { () => { struct A(std::rc::Rc<u8>); use std::rc::Rc; #[test] fn f() {} }; }
"#,
        expect![[r#"

            fn f(a: &::objgraph::rc::Rc<u8>, b: objgraph::sync::Weak<u8>) -> std::sync::Mutex<objgraph::rc::Rc<u8>> {
                assert_eq!(objgraph::rc::Rc::strong_count(a), 1);
                quote!(std::rc::Rc::new(1))
            }
            macro_rules! own { () => { objgraph::rc::Rc::new(1) }; }
            #[macro_export]
            macro_rules! theirs { () => { struct A(std::rc::Rc<u8>); use std::rc::Rc; #[test] fn f() {} }; }
            // Type("A"), line 8: it is in a macro that other crates expand
            // Test("f"), line 8: it is in a macro that other crates expand
        "#]],
    );
}

#[test]
fn derives_join_those_that_are_there() {
    check(
        r#"/// A.
#[derive(Debug, Clone)]
#[serde(default)]
pub struct A(u8);

#[repr(C)]
struct B {
    a: u8,
}

mod inner {
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
    pub(crate) enum C {
        X(u8),
    }

    #[derive(
        Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
    )]
    struct D(u8);

    /// E.
    enum E {
        X { a: u8 },
    }
}

#[derive(Clone)]
#[cfg(unix)]
#[derive(Debug)]
struct F<T>(T);

macro_rules! g {
    () => {
        #[derive(
            Debug,
        )]
        struct G(u8);
        #[derive()]
        struct H(u8);
    };
}
"#,
        expect![[r#"
            /// A.
            #[derive(Debug, Clone, objgraph::Tracked)]
            #[serde(default)]
            pub struct A(u8);

            #[repr(C)]
            #[derive(objgraph::Tracked)]
            struct B {
                a: u8,
            }

            mod inner {
                #[derive(
                    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, objgraph::Tracked,
                )]
                pub(crate) enum C {
                    X(u8),
                }

                #[derive(
                    Clone,
                    Debug,
                    PartialEq,
                    Eq,
                    PartialOrd,
                    Ord,
                    Hash,
                    Default,
                    Serialize,
                    Deserialize,
                    objgraph::Tracked,
                )]
                struct D(u8);

                /// E.
                #[derive(objgraph::Tracked)]
                enum E {
                    X { a: u8 },
                }
            }

            #[derive(Clone)]
            #[cfg(unix)]
            #[derive(Debug, objgraph::Tracked)]
            struct F<T>(T);

            macro_rules! g {
                () => {
                    #[derive(
                        Debug, objgraph::Tracked,
                    )]
                    struct G(u8);
                    #[derive(objgraph::Tracked)]
                    struct H(u8);
                };
            }
        "#]],
    );
}

#[test]
fn types_without_references_need_no_derive() {
    check(
        r#"
#[derive(Clone, Copy)]
struct A(u8);
struct B;
enum C {
    X = 1,
    #[default]
    Y,
}
struct D {}
"#,
        expect![[r#"

            #[derive(Clone, Copy)]
            struct A(u8);
            struct B;
            enum C {
                X = 1,
                #[default]
                Y,
            }
            struct D {}
            // Type("A"), line 2: it holds no reference
            // Type("B"), line 4: it holds no reference
            // Type("C"), line 5: it holds no reference
            // Type("D"), line 10: it holds no reference
        "#]],
    );
}

#[test]
fn tests_become_those_of_objgraph() {
    check(
        r#"
mod tests {
    #[test]
    #[should_panic]
    fn a() {}

    #[cfg(unix)]
    #[tokio::test]
    async fn b() {}
}
#[std::prelude::v1::test] fn c() {}
#[rstest] fn d(#[case] a: u8) {}
"#,
        expect![[r#"

            mod tests {
                #[objgraph::test]
                #[should_panic]
                fn a() {}

                #[cfg(unix)]
                #[objgraph::test]
                #[tokio::test]
                async fn b() {}
            }
            #[objgraph::test] fn c() {}
            #[objgraph::test]
            #[rstest] fn d(#[case] a: u8) {}
        "#]],
    );
}

#[test]
fn edition_2015_has_global_paths() {
    check_in(
        Edition::E2015,
        "use std::rc::Rc;\nfn f(a:std::rc::Weak<u8>) {}\nstruct A(Rc<u8>);\n#[test]\nfn g() {}\n",
        expect![[r#"
            use objgraph::rc::Rc;
            fn f(a: ::objgraph::rc::Weak<u8>) {}
            #[derive(::objgraph::Tracked)]
            struct A(Rc<u8>);
            #[::objgraph::test]
            fn g() {}
        "#]],
    );
}

#[test]
fn line_breaks_are_those_of_the_file() {
    let source = "use std::sync::{Arc, Once};\r\n\r\nstruct A(Arc<u8>);\r\n";
    let plan = adopt(source, Edition::E2024).unwrap();
    assert_eq!(
        apply(source, &plan.edits).text,
        "use objgraph::sync::Arc;\r\nuse std::sync::Once;\r\n\r\n\
         #[derive(objgraph::Tracked)]\r\nstruct A(Arc<u8>);\r\n"
    );
}
