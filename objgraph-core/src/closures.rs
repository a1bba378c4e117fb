//! Closures and futures whose captured values a trace can visit.
//!
//! What a closure or a future captures is invisible from outside. So each captured value is moved
//! into a box that the closure owns, and a weak reference to that box is kept where a trace can
//! find it. No value lives longer than it would otherwise, and each has one owner, the closure.

use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::sync;
use std::task::{Context, Poll};

use crate::trace::Visitor;
use crate::tracked::Visit;
use crate::visibility::Finite;

/// A closure whose captured values a trace can visit, made by [`capture!`](crate::capture).
///
/// It is called like the closure. As the type of a field, `F` is a `dyn Fn`:
///
/// ```
/// use objgraph_core::{Capture, capture, rc::Rc};
///
/// struct Button {
///     on_click: Capture<dyn Fn(u32) -> u32>,
/// }
///
/// let base = Rc::new(40);
/// let button = Button { on_click: capture!([base] move |by| **base + by) };
/// assert_eq!((button.on_click)(2), 42);
/// ```
///
/// `C` is the type of the captured values, which the type of a field need not name;
/// [`SharedCapture`] can be sent to other threads.
pub struct Capture<F: ?Sized, C: ?Sized = dyn Captures> {
    captures: Box<C>,
    call: Box<F>,
}

/// A closure whose captured values a trace can visit, for several threads:
/// `SharedCapture<dyn Fn() + Send + Sync>`.
pub type SharedCapture<F> = Capture<F, dyn Captures + Send + Sync>;

impl<F: ?Sized, C: ?Sized> Capture<F, C> {
    #[doc(hidden)]
    pub fn __new(captures: Box<C>, call: Box<F>) -> Self {
        Self { captures, call }
    }

    /// Returns the closure itself, which is opaque from then on. This is the only way to call a
    /// `FnOnce`.
    ///
    /// ```
    /// use objgraph_core::{Capture, capture, rc::Rc};
    ///
    /// let name = Rc::new("alice".to_owned());
    /// let greet: Capture<dyn FnOnce() -> usize> = capture!([name] move || {
    ///     let name = name;
    ///     name.len()
    /// });
    /// assert_eq!(greet.into_closure()(), 5);
    /// ```
    #[must_use]
    pub fn into_closure(self) -> Box<F> {
        self.call
    }
}

impl<F: ?Sized, C: ?Sized> Deref for Capture<F, C> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.call
    }
}

impl<F: ?Sized, C: ?Sized> DerefMut for Capture<F, C> {
    fn deref_mut(&mut self) -> &mut F {
        &mut self.call
    }
}

impl<F: ?Sized, C: ?Sized> fmt::Debug for Capture<F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Capture")
    }
}

impl<Steps, F: ?Sized, C: ?Sized, const NAME: u64> Finite<Steps, NAME> for Capture<F, C> {}

impl<F: ?Sized, C: Captures + ?Sized> Visit for Capture<F, C> {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        self.captures.visit(visitor);
    }
}

/// The captured values of a closure or a future.
pub trait Captures {
    #[doc(hidden)]
    fn visit(&self, visitor: &mut Visitor<'_>);
}

impl Captures for () {
    fn visit(&self, _: &mut Visitor<'_>) {}
}

impl<A: Visit, Rest: Captures> Captures for (CaptureView<A>, Rest) {
    fn visit(&self, visitor: &mut Visitor<'_>) {
        if let Some(value) = self.0.value.upgrade() {
            visitor.__enter(self.0.name);
            visitor.guarded(|visitor| visitor.lend(&*value));
            visitor.__leave();
        }
        self.1.visit(visitor);
    }
}

/// A captured value, in the closure. It derefs to the value.
#[derive(Debug)]
pub struct CapturedValue<A>(sync::Arc<A>);

impl<A: Visit + 'static> CapturedValue<A> {
    #[doc(hidden)]
    #[must_use]
    pub fn __new(value: A) -> Self {
        crate::register::<A>();
        Self(sync::Arc::new(value))
    }

    #[doc(hidden)]
    #[must_use]
    pub fn __seen(&self, name: &'static str) -> CaptureView<A> {
        CaptureView {
            name,
            value: sync::Arc::downgrade(&self.0),
        }
    }
}

impl<A> Deref for CapturedValue<A> {
    type Target = A;

    fn deref(&self) -> &A {
        &self.0
    }
}

/// A captured value, as a trace reaches it.
#[doc(hidden)]
#[derive(Debug)]
pub struct CaptureView<A> {
    name: &'static str,
    value: sync::Weak<A>,
}

/// Pointers that can make a weak reference.
#[doc(hidden)]
pub trait Downgrade {
    type Weak;

    fn downgrade(&self) -> Self::Weak;
}

macro_rules! downgrade_std {
    ($($module:ident::$Pointer:ident),*) => {$(
        impl<T: ?Sized> Downgrade for std::$module::$Pointer<T> {
            type Weak = std::$module::Weak<T>;

            fn downgrade(&self) -> Self::Weak {
                std::$module::$Pointer::downgrade(self)
            }
        }
    )*};
}

downgrade_std!(rc::Rc, sync::Arc);

/// The object that stands for a future and its captured values in a trace.
pub struct Task {
    captures: Box<dyn Captures + Send + Sync>,
}

/// [`Task`], of a future that stays on its thread.
pub struct LocalTask {
    captures: Box<dyn Captures>,
}

macro_rules! task {
    ($Task:ident) => {
        impl fmt::Debug for $Task {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($Task))
            }
        }

        impl Visit for $Task {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                self.captures.visit(visitor);
            }
        }
    };
}

task!(Task);
task!(LocalTask);

/// A future whose captured values a trace can visit, made by [`future!`](crate::future).
///
/// Until it completes, it keeps an object of type [`Task`] or [`LocalTask`], which holds the
/// captured values.
///
/// As the type of a field, `F` is a `dyn Future`: [`LocalFuture`], [`SharedFuture`].
pub struct TaskFuture<F: ?Sized, P> {
    future: Pin<Box<F>>,
    /// `None` when it has completed.
    task: Option<P>,
}

/// A future in a field, for one thread, whose captured values a trace can visit:
///
/// ```
/// use objgraph_core::{LocalFuture, future, rc::Rc};
///
/// struct Job {
///     run: LocalFuture<dyn Future<Output = usize>>,
/// }
///
/// let name = Rc::new("alice".to_owned());
/// let job = Job { run: future!(local [name] async move { name.len() }) };
/// # let mut run = std::pin::pin!(job.run);
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # assert_eq!(run.as_mut().poll(&mut context), std::task::Poll::Ready(5));
/// ```
pub type LocalFuture<F> = TaskFuture<F, crate::rc::Rc<LocalTask>>;

/// A future in a field, for several threads, whose captured values a trace can visit:
/// `SharedFuture<dyn Future<Output = ()> + Send>`.
pub type SharedFuture<F> = TaskFuture<F, crate::sync::Arc<Task>>;

impl<Steps, F: ?Sized, P, const NAME: u64> Finite<Steps, NAME> for TaskFuture<F, P> {}

impl<F: ?Sized, P: Visit> Visit for TaskFuture<F, P> {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.field("task", &self.task);
    }
}

impl<F: ?Sized, P> fmt::Debug for TaskFuture<F, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TaskFuture")
    }
}

impl<F: Future + ?Sized, P: Unpin> Future for TaskFuture<F, P> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let done = self.future.as_mut().poll(context);
        if done.is_ready() {
            self.task = None;
        }
        done
    }
}

#[doc(hidden)]
#[track_caller]
pub fn shared_future<F: Future + ?Sized>(
    captures: Box<dyn Captures + Send + Sync>,
    future: Box<F>,
) -> TaskFuture<F, crate::sync::Arc<Task>> {
    crate::register::<Task>();
    TaskFuture {
        future: Box::into_pin(future),
        task: Some(crate::sync::Arc::new(Task { captures })),
    }
}

#[doc(hidden)]
#[track_caller]
pub fn local_future<F: Future + ?Sized>(
    captures: Box<dyn Captures>,
    future: Box<F>,
) -> TaskFuture<F, crate::rc::Rc<LocalTask>> {
    crate::register::<LocalTask>();
    TaskFuture {
        future: Box::into_pin(future),
        task: Some(crate::rc::Rc::new(LocalTask { captures })),
    }
}

/// Makes a closure whose captured values a trace can visit, so that a leak through a callback is
/// found like any other. The result is a [`Capture`], which is called like the closure.
///
/// The names in brackets are cloned for the closure. `weak name` gives it a `Weak` of the `Rc` or
/// `Arc` with that name, to be upgraded where it is needed. In the closure, each name is a
/// [`CapturedValue`], which derefs to the clone. The types of captured values are
/// [`Tracked`](crate::Tracked). What else the closure captures is not visited.
///
/// A plain `Box<dyn Fn>` hides what it captures: as the type of a field, use
/// `Capture<dyn Fn(…) -> …>`. To pass the closure to code that needs an `impl Fn`, put it into an
/// `Rc` or `Arc` of objgraph, which is an object of its own, and pass `move |x| callback(x)`.
///
/// Each captured value is in a box of its own, and so are the closure and the list of the values,
/// with tracking on and off.
///
/// ```
/// use objgraph_core::{Tracked, Visit, Visitor, capture, rc::Rc, Capture};
/// use std::cell::RefCell;
///
/// #[derive(Default)]
/// struct Window {
///     clicks: RefCell<u32>,
///     on_click: RefCell<Option<Capture<dyn Fn(u32)>>>,
/// }
/// # impl Visit for Window {
/// #     fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
/// #         visitor.field("on_click", &self.on_click);
/// #     }
/// # }
///
/// let window = Rc::new(Window::default());
/// let callback = capture!([weak window] move |by| {
///     if let Some(window) = window.upgrade() {
///         *window.clicks.borrow_mut() += by;
///     }
/// });
/// callback(3);
/// callback(4);
/// assert_eq!(*window.clicks.borrow(), 7);
/// window.on_click.replace(Some(capture!([window] move |_| drop(window.clicks.take()))));
/// // `window` has captured itself: dropped here, it leaks, and `find_leaks` says so.
/// ```
#[macro_export]
macro_rules! capture {
    ([$($captured:tt)*] $closure:expr) => {
        $crate::__captures!($crate::Capture::__new, (), [$($captured)* ,], $closure)
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "write the captured names in brackets before the closure: \
             `capture!([a, weak b] move |x| …)`"
        )
    };
}

/// Makes a future whose captured values a trace can visit. When it is spawned, it appears as an
/// object of type [`Task`] that holds the captured values and has an external reference, from the
/// executor.
///
/// The names in brackets are as those of [`capture!`]. Captured values must be `Send` and `Sync`.
/// For others, and for tasks that stay on their thread, write `local` before the brackets.
///
/// ```
/// use objgraph_core::{future, sync::Arc};
///
/// let name = Arc::new("alice".to_owned());
/// let greeting = future!([name] async move { format!("hello, {}", **name) });
/// # let mut greeting = std::pin::pin!(greeting);
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # let done = greeting.as_mut().poll(&mut context);
/// # assert_eq!(done, std::task::Poll::Ready("hello, alice".to_owned()));
/// ```
#[macro_export]
macro_rules! future {
    (local [$($captured:tt)*] $future:expr) => {
        $crate::__captures!($crate::__private::local_future, (), [$($captured)* ,], $future)
    };
    ([$($captured:tt)*] $future:expr) => {
        $crate::__captures!($crate::__private::shared_future, (), [$($captured)* ,], $future)
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "write the captured names in brackets before the future: \
             `future!([a, weak b] async move { … })`, or \
             `future!(local [a, weak b] async move { … })`"
        )
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __captures {
    ($make:expr, $seen:expr, [$(,)?], $body:expr) => {
        $make(
            ::std::boxed::Box::new($seen),
            ::std::boxed::Box::new($body),
        )
    };
    ($make:expr, $seen:expr, [weak $name:ident , $($rest:tt)*], $body:expr) => {{
        let $name = $crate::CapturedValue::__new($crate::__private::Downgrade::downgrade(&$name));
        $crate::__captures!(
            $make,
            ($crate::CapturedValue::__seen(&$name, stringify!($name)), $seen),
            [$($rest)*],
            $body
        )
    }};
    ($make:expr, $seen:expr, [$name:ident , $($rest:tt)*], $body:expr) => {{
        let $name = $crate::CapturedValue::__new(::std::clone::Clone::clone(&$name));
        $crate::__captures!(
            $make,
            ($crate::CapturedValue::__seen(&$name, stringify!($name)), $seen),
            [$($rest)*],
            $body
        )
    }};
    ($make:expr, $seen:expr, [$($other:tt)*], $body:expr) => {
        ::core::compile_error!(
            "captured values are names, each with or without `weak`, separated by commas: \
             `[a, weak b]`; give a name to anything else with `let` first"
        )
    };
}
