//! The derive macro of objgraph.
//!
//! An application names it through the crate `objgraph`, which re-exports it next to the
//! trait that it implements; see [`Tracked`](macro@Tracked) for what it accepts.

#![forbid(unsafe_code)]

mod ast;
mod attr;
mod count;
mod derive;
mod errors;
mod expand;
mod look;
mod register;
mod root;
mod scope;
mod test_attr;
mod text;
mod types;
mod valid;

use proc_macro::TokenStream;

/// Writes the code that visits every reference which a struct or an enum holds, and registers
/// the type.
///
/// It asks nothing of the fields' types: one that is not `Tracked` itself is looked into where
/// it is a std container, looked up by its `TypeId` where it is a type parameter, and listed
/// as opaque where nothing is known of it. Type parameters get the bound `'static` and no
/// other. The type may have lifetimes; a field whose type mentions one is looked into if that type is
/// `Tracked` itself, and is opaque if something that borrows stands in it as an argument of a
/// type which may ask for `'static`, as in `Rc<&'a T>`. A union is refused.
///
/// The derive changes nothing that the compiler says about dead code: a field that nothing else
/// reads is still told as never read, with tracking and without. What the attributes name counts
/// as used, and so does a field `Instance`.
///
/// # On the type
///
/// | attribute | meaning |
/// |---|---|
/// | `#[tracked(bound = "T: Trait, …")]` | these where-predicates in place of `T: 'static` for each type parameter; a parameter without `'static` is then treated like a lifetime |
/// | `#[tracked(crate = path)]` | where to find objgraph, if not at `::objgraph` |
/// | `#[tracked(strict)]` | a field that cannot be looked into is a compile error |
/// | `#[tracked(label = path)]` | the value's label in pictures is what this function writes; it is a `fn(&Self, &mut fmt::Formatter<'_>) -> fmt::Result` |
/// | `#[tracked(no_label)]` | no label, though there may be a `Debug` impl; an owner whose own `Debug` writes the value out needs it too, or `objgraph::labels(false)` |
///
/// # On a variant
///
/// | attribute | meaning |
/// |---|---|
/// | `#[tracked(skip)]` | none of the variant's fields is looked into; the type has no label, but by `label = path` |
///
/// # On a field
///
/// | attribute | meaning |
/// |---|---|
/// | `#[tracked(skip)]` | the field is not looked into; its type has no label, but by `label = path`, since its `Debug` may show the field |
/// | `#[tracked(with = path)]` | the field is visited by this function, a `for<'a> fn(&'a Field, &mut Visitor<'a>)` |
/// | `#[tracked(back)]` | the field refers back to an owner and is meant not to own it: a strong reference seen there is reported |
///
/// Several may stand in one list, each once. `skip` excludes `with` and `back`, and `label`
/// excludes `no_label`.
#[proc_macro_derive(Tracked, attributes(tracked))]
pub fn derive_tracked(input: TokenStream) -> TokenStream {
    derive::derive(input.into()).into()
}

/// Shows a `static`, or the statics of a `thread_local!`, as roots in traces and pictures.
///
/// Verdicts about leaks do not need it: what a static holds is held from outside in any case.
/// It tells who holds: "static CACHE" in place of "outside". A thread-local, or a lazy static, is
/// looked at only if the program has made it; to look does not make it. (A thread-local whose
/// first use is `LocalKey::set`, which does not run its initialiser, is not noticed.)
///
/// `#[objgraph::root(crate = path)]` tells where to find objgraph, if not at `::objgraph`.
#[proc_macro_attribute]
pub fn root(args: TokenStream, item: TokenStream) -> TokenStream {
    root::root(args.into(), item.into()).into()
}

/// What `objgraph::register!` expands to, which says where objgraph is.
#[doc(hidden)]
#[proc_macro]
pub fn __register(input: TokenStream) -> TokenStream {
    register::register(input.into()).into()
}

/// What `objgraph::assert_count!` expands to, which says where objgraph is.
#[doc(hidden)]
#[proc_macro]
pub fn __count(input: TokenStream) -> TokenStream {
    count::count(input.into()).into()
}

/// A test that fails if it leaks.
///
/// The body runs in a `Scope` of its own. When it has ended, by whichever way, nothing that was
/// made in it may have leaked; if the body failed too, both are told. The failure is the whole
/// explanation, and a picture is written to `target/objgraph/<package>.<test>.svg`.
///
/// It takes the place of `#[test]`, or stands above the attribute of a runtime or a library, such
/// as `#[tokio::test]` or `#[rstest]`. Below `#[tokio::test]` it works too, but then it checks
/// after the runtime has ended all the same. (Below a plain `#[test]`, the test is listed twice.) An
/// `async` function needs a runtime's attribute. The function returns `()` or a `Result`.
///
/// A test that passes although it may have leaked says so on standard error, past the capture of the
/// harness; with `strict`, or `OBJGRAPH_STRICT=1`, it fails.
///
/// Threads and tasks that the test starts are not in its scope by themselves: start them with
/// `Scope::spawn` and `Scope::in_future`. What others leak while it runs is mentioned.
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
/// | `allow = "leak-0123456789abcdef"`, `allow = ["Type", …]` | leaks of this fingerprint, or with an object of this type on the cycle, do not count |
/// | `retries = n` | looks again so many times, after a pause, when something has leaked |
/// | `growth = n` | repeats the body in rounds of `n`, and nothing may grow in each of them; see `assert_no_growth!` |
/// | `warm_up = n` | repeats the body so often before the first round; twice if not said |
/// | `alive` | objects that are alive at the end count as leaked, whoever holds them |
/// | `strict` | fails too if it cannot prove that nothing leaked: objects are alive that were not traced |
/// | `wait_ms = n` | waits so long for stragglers; 2000 if not said |
/// | `crate = path` | where to find objgraph, if not at `::objgraph` |
///
/// `#[should_panic]` keeps its meaning, and the test fails if it leaks, though it panicked as it
/// should: the attribute is taken off the function and the panic is judged here, since the panic
/// which tells of a leak would pass for the one that is expected.
#[proc_macro_attribute]
pub fn test(args: TokenStream, item: TokenStream) -> TokenStream {
    test_attr::test(args.into(), item.into()).into()
}
