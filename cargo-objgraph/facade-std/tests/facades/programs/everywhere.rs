// Compiled with std and with the facade, in each edition: both print the same.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::error::Error;
use std::fmt::{self, Display, Write as FmtWrite};
use std::io::prelude::*;
use std::io::{BufReader, Cursor};
use std::prelude::v1::*;
use std::process::{Command, ExitStatus, Stdio};
use std::rc::{Rc as Shared, Weak};
use std::sync::atomic::{self, AtomicUsize, Ordering};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::{self, Arc, Mutex, Once, RwLock};
use std::time::Duration;
use std::{i32, u8};

mod inner {
    use std::rc::Rc;
    pub struct Tree {
        pub children: Vec<Rc<Tree>>,
        pub name: ::std::string::String,
    }
    pub fn leaf(name: &str) -> Rc<Tree> {
        ::std::rc::Rc::new(Tree { children: vec![], name: name.to_owned() })
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Debug)]
enum Failure {
    Text(String),
    Number(std::num::ParseIntError),
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match *self {
            Failure::Text(ref text) => f.write_str(text),
            Failure::Number(ref error) => write!(f, "number: {}", error),
        }
    }
}

impl Error for Failure {}

impl From<std::num::ParseIntError> for Failure {
    fn from(error: std::num::ParseIntError) -> Failure {
        Failure::Number(error)
    }
}

fn parse(text: &str) -> Result<i32, Failure> {
    if text.is_empty() {
        return Err(Failure::Text("empty".into()));
    }
    Ok(text.parse::<i32>()?)
}

macro_rules! shared {
    ($value:expr) => {
        std::rc::Rc::new($value)
    };
}

thread_local! {
    static COUNT: Cell<u32> = Cell::new(1);
}

static TOTAL: AtomicUsize = AtomicUsize::new(0);
static START: Once = Once::new();

fn takes_status(_: Option<ExitStatus>) {}

fn main() {
    let leaf = inner::leaf("leaf");
    let weak: Weak<inner::Tree> = Shared::downgrade(&leaf);
    let tree = Shared::new(inner::Tree { children: vec![leaf.clone()], name: format!("{}-{:?}", "root", 1) });
    println!("{} {} {}", tree.name, tree.children[0].name, Shared::strong_count(&leaf));
    drop(leaf);
    assert!(weak.upgrade().is_some());
    drop(tree);
    assert!(weak.upgrade().is_none(), "the tree is {}", "gone");

    let (sender, receiver): (Sender<Arc<Mutex<i32>>>, Receiver<_>) = channel();
    let number = Arc::new(Mutex::new(1));
    sender.send(sync::Arc::clone(&number)).unwrap();
    let thread = std::thread::spawn(move || {
        let received = receiver.recv().unwrap();
        *received.lock().unwrap() += 1;
        TOTAL.fetch_add(1, Ordering::SeqCst);
        atomic::fence(Ordering::SeqCst);
    });
    thread.join().unwrap();
    println!("{:?} {}", number, TOTAL.load(Ordering::SeqCst));
    START.call_once(|| TOTAL.store(7, Ordering::Relaxed));

    COUNT.with(|count| count.set(count.get() + 1));
    println!("{}", COUNT.with(Cell::get));
    let cell = shared!(RefCell::new(vec![Point { x: 1, y: 2 }; 2]));
    cell.borrow_mut().push(Default::default());
    println!("{:?} {:?}", cell, cell.borrow().iter().max());

    let mut map: HashMap<&str, Shared<Point>> = HashMap::new();
    map.entry("a").or_insert_with(|| Shared::new(Point::default()));
    let set: HashSet<Shared<i32>> = vec![Shared::new(1), Shared::new(1)].into_iter().collect();
    let ordered: BTreeMap<Arc<String>, u8> = Some((Arc::new("k".to_string()), u8::MAX)).into_iter().collect();
    let queue: VecDeque<_> = (0..3).map(Shared::new).collect();
    println!("{:?} {} {:?} {:?}", map, set.len(), ordered, queue);

    for text in ["", "x", "12"].iter() {
        match parse(text) {
            Ok(number) => println!("{}", number),
            Err(ref error) => println!("{} {:?}", error, error),
        }
    }
    let boxed: Box<dyn Error + Send + Sync> = From::from("boxed");
    println!("{}", boxed);

    let mut text = String::new();
    write!(text, "{:>5}|{:<5}|{:^5}|{:#x}", 1, 2, 3, i32::max_value()).unwrap();
    writeln!(text).unwrap();
    let mut lines = BufReader::new(Cursor::new(text)).lines();
    println!("{}", lines.next().unwrap().unwrap());
    let cow: Cow<str> = "cow".into();
    println!("{} {:?} {}", cow, Duration::from_millis(1500), std::f64::consts::PI);
    println!("{} {}", std::i64::MAX, std::u16::MIN);
    println!("{}", concat!("a", 1, stringify!(b)));
    debug_assert_eq!(line!() > 0, true);
    debug_assert_ne!(module_path!(), "");
    takes_status(None);
    let _: Option<Stdio> = None;
    let _: Option<Command> = None;
    let locked = RwLock::new(Shared::new(1));
    println!("{}", locked.read().unwrap());
    println!("{}", matches!(Some(1), Some(1)));
    println!("{}", std::mem::size_of::<Option<Shared<u64>>>() == std::mem::size_of::<usize>());
    println!("{:?}", std::panic::catch_unwind(|| panic!("caught")).is_err());
    println!("{:?}", std::env::args().count());
    println!("{:?}", std::any::type_name::<std::string::String>());
    if std::env::args().count() > 5 {
        unreachable!("{}", 1);
    }
    eprintln!("end");
    std::process::exit(3)
}
