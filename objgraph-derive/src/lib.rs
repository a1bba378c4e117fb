//! The derive macro of objgraph.
//!
//! Use it through the crate `objgraph`, which re-exports it next to the trait that it implements;
//! see [`Tracked`](macro@Tracked) for the types and attributes that it accepts.

#![forbid(unsafe_code)]

mod ast;
mod attr;
mod count;
mod derive;
mod errors;
mod expand;
mod growth;
mod register;
mod root;
mod scope;
mod test_attr;
mod text;
mod types;
mod valid;
mod visit_plan;

use proc_macro::TokenStream;

/// Generates the code that visits every reference in a struct or enum, and registers the type.
///
/// The derive requires nothing of the fields' types. A field that is not `Tracked` itself is
/// visited if it is a container of std, looked up by its `TypeId` if it is a type parameter, and
/// listed as opaque otherwise. Type parameters get the bound `'static` and no other. The type may
/// have lifetimes: a field whose type mentions one is visited if that type is `Tracked` itself, and
/// is opaque if it applies a type that may require `'static` to a borrow, as `Rc<&'a T>` does.
/// Unions are rejected.
///
/// The derive does not change the compiler's warnings about dead code: a field that nothing else
/// reads is still reported as never read, with tracking on and off. A function that an attribute
/// names counts as used, and so does a field of type `Instance`.
///
/// # On the type
///
/// | attribute | meaning |
/// |---|---|
/// | `#[tracked(bound = "T: Trait, …")]` | these where-predicates replace `T: 'static` for each type parameter; a parameter without `'static` is then treated like a lifetime |
/// | `#[tracked(crate = path)]` | the path of objgraph, if not `::objgraph` |
/// | `#[tracked(strict)]` | an opaque field is a compile error |
/// | `#[tracked(label = path)]` | this function writes the value's label in pictures; it is a `fn(&Self, &mut fmt::Formatter<'_>) -> fmt::Result` |
/// | `#[tracked(no_label)]` | no label, even with a `Debug` impl; an owner whose own `Debug` prints the value needs it too, or `objgraph::alive::labels(false)` |
///
/// # On a variant
///
/// | attribute | meaning |
/// |---|---|
/// | `#[tracked(skip)]` | no field of the variant is visited; the type has no label without `label = path` |
///
/// # On a field
///
/// | attribute | meaning |
/// |---|---|
/// | `#[tracked(skip)]` | the field is not visited; since the `Debug` of its type may show the field, that type has no label without `label = path` |
/// | `#[tracked(with = path)]` | this function visits the field; it is a `for<'a> fn(&'a Field, &mut Visitor<'a>)` |
/// | `#[tracked(back)]` | the field refers back to an owner and should not own it: a strong reference in it is reported |
///
/// One list may contain several attributes, each once. `skip` excludes `with` and `back`, and
/// `label` excludes `no_label`.
#[proc_macro_derive(Tracked, attributes(tracked))]
pub fn derive_tracked(input: TokenStream) -> TokenStream {
    derive::derive(input.into()).into()
}

/// Shows a `static`, or the statics of a `thread_local!`, as roots in traces and pictures.
///
/// Verdicts about leaks do not need it, since an object that a static holds has an external reference
/// anyway. It names the holder: "static CACHE" instead of "outside". A thread-local or lazy static is
/// visited only if the program has initialized it; the trace never does. (A thread-local whose
/// first use is `LocalKey::set`, which does not run its initializer, is not noticed.)
///
/// `#[objgraph::root(crate = path)]` gives the path of objgraph, if it is not `::objgraph`.
#[proc_macro_attribute]
pub fn root(args: TokenStream, item: TokenStream) -> TokenStream {
    root::root(args.into(), item.into()).into()
}

/// Implements `objgraph::register!`, which adds the path of objgraph to its input.
#[doc(hidden)]
#[proc_macro]
pub fn __register(input: TokenStream) -> TokenStream {
    register::register(input.into()).into()
}

/// Implements `objgraph::assert_count!`, which adds the path of objgraph to its input.
#[doc(hidden)]
#[proc_macro]
pub fn __count(input: TokenStream) -> TokenStream {
    count::count(input.into()).into()
}

/// Makes a test fail if it leaks.
///
/// The body runs in a `Scope` of its own. When it ends, even by a panic, none of the objects created
/// in it may have leaked; if the body fails too, both failures are reported. The failure message
/// explains each leak, and a picture is written to `target/objgraph/<package>.<test>.svg`.
///
/// The attribute replaces `#[test]`, or is above the attribute of a runtime or library, such as
/// `#[tokio::test]` or `#[rstest]`. Below `#[tokio::test]` it works too, and still checks after the
/// runtime has ended. (Below a plain `#[test]`, the test is listed twice.) An `async` function
/// needs the attribute of a runtime. The function returns what `#[test]` accepts.
///
/// A test that passes although it may have leaked says so on standard error, which the harness does
/// not capture; with `strict`, or `OBJGRAPH_STRICT=1`, it fails.
///
/// Threads and tasks that the test starts do not belong to its scope automatically: start them with
/// `Scope::spawn` and `Scope::in_future`. Leaks outside of every scope while the test runs are
/// mentioned.
///
/// ```ignore
/// #[objgraph::test]
/// fn windows_close() {
///     let app = App::new();
///     app.open_window().close();
/// }
///
/// #[objgraph::test(allow = "Registry", growth = 7)]
/// #[tokio::test]
/// async fn requests_leave_nothing() -> Result<(), Error> {
///     Server::start().await?.handle(request()).await
/// }
/// ```
///
/// | option | meaning |
/// |---|---|
/// | `allow = "leak-0123456789abcdef"`, `allow = ["Type", …]` | leaks with this fingerprint, or with an object of this type on the cycle, do not count |
/// | `retries = n` | checks again up to `n` times, after a pause, if something has leaked |
/// | `growth = n` | repeats the body in rounds of `n`; no type may grow in every round; see `assert_no_growth!` |
/// | `warm_up = n` | runs the body `n` times before the first round; 2 by default |
/// | `deny_survivors` | objects that are alive at the end count as leaked, whatever holds them |
/// | `strict` | fails too if the test cannot prove that nothing leaked, because untraced objects are alive |
/// | `allow_likely` | passes with likely leaks, which rest on words found in closures, futures and other opaque values (feature `scan`) |
/// | `wait_ms = n` | waits up to `n` milliseconds for stragglers; 2000 by default |
/// | `crate = path` | the path of objgraph, if not `::objgraph` |
///
/// `#[should_panic]` keeps its meaning, and the test fails if it leaks although it panicked as
/// expected. Since the panic that reports a leak would count as the expected one, the attribute is
/// removed from the function, and the expansion judges the panic.
#[proc_macro_attribute]
pub fn test(args: TokenStream, item: TokenStream) -> TokenStream {
    test_attr::test(args.into(), item.into()).into()
}
