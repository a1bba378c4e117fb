// The same in the editions that have `async` and paths without `extern crate`.

use std::future::Future;
use std::iter;
use std::pin::Pin;
use std::process::{ExitCode, Termination};
use std::rc::{self, Rc};
use std::sync::{Arc, LazyLock, OnceLock};
use std::task::{Context, Poll, Waker};

static LAZY: LazyLock<Arc<str2::Text>> = LazyLock::new(|| Arc::new(str2::Text("lazy".into())));
static ONCE: OnceLock<Arc<u8>> = OnceLock::new();

mod str2 {
    pub struct Text(pub std::string::String);
}

thread_local!(static LOCAL: std::cell::RefCell<Option<Rc<u8>>> = const { std::cell::RefCell::new(None) });

struct Ready(Rc<u8>);

impl Future for Ready {
    type Output = Rc<u8>;
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Rc<u8>> {
        Poll::Ready(self.0.clone())
    }
}

async fn sum() -> u8 {
    let one = Ready(Rc::new(1)).await;
    let two = async { *one + 1 }.await;
    *one + two
}

fn generic<T: Clone + Default>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    values.into_iter().chain(iter::once(T::default())).collect()
}

enum End {
    Good,
}

impl Termination for End {
    fn report(self) -> ExitCode {
        match self {
            End::Good => ExitCode::from(4),
        }
    }
}

fn main() -> End {
    let mut future = Box::pin(sum());
    let mut context = Context::from_waker(Waker::noop());
    println!("{:?}", future.as_mut().poll(&mut context));
    println!("{}", LAZY.0);
    println!("{}", ONCE.get_or_init(|| Arc::new(8)));
    LOCAL.with_borrow_mut(|local| *local = Some(rc::Rc::new(9)));
    println!("{:?}", LOCAL.with_borrow(|local| local.as_ref().map(|rc| **rc)));
    println!("{:?}", generic([Rc::new(1), Rc::new(2)]));
    let array: [Rc<u8>; 2] = std::array::from_fn(|at| Rc::new(at as u8));
    let [first, second] = array;
    println!("{first} {second:?} {}", Rc::ptr_eq(&first, &second));
    let closures: Vec<Box<dyn Fn() -> u8>> = vec![Box::new(move || *first)];
    println!("{}", closures[0]());
    let scoped = Arc::new(5);
    std::thread::scope(|scope| scope.spawn(|| println!("{scoped}")).join().unwrap());
    let Some(number) = Some(Rc::new(3)) else { std::process::abort() };
    println!("{}", Rc::unwrap_or_clone(number));
    End::Good
}
