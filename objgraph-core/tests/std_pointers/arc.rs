// The methods that only `Arc` has.

use std::error::Error;
use std::fs::File;
use std::io::{IoSlice, IoSliceMut, Read, Seek, SeekFrom, Write};
use std::thread;

#[test]
fn an_error_behind_an_arc_is_an_error() {
    let error = "x".parse::<u8>().unwrap_err();
    let text = error.to_string();
    let shared: Arc<std::num::ParseIntError> = Arc::new(error);
    let boxed: Box<dyn Error> = Box::new(shared);
    assert_eq!(boxed.to_string(), text);
    assert!(boxed.source().is_none());

    #[derive(Debug)]
    struct Outer(std::fmt::Error);
    impl std::fmt::Display for Outer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("outer")
        }
    }
    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }
    assert!(
        Arc::new(Outer(std::fmt::Error))
            .source()
            .unwrap()
            .is::<std::fmt::Error>()
    );
}

#[test]
fn a_file_behind_an_arc_is_read_and_written() {
    let name = format!(
        "objgraph-{}-{}",
        std::process::id(),
        module_path!().replace("::", "-")
    );
    let path = std::env::temp_dir().join(name);
    let open = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(&path);
    let mut file: Arc<File> = Arc::new(open.unwrap());
    file.write_all(b"one ").unwrap();
    assert_eq!(file.write_vectored(&[IoSlice::new(b"two")]).unwrap(), 3);
    file.flush().unwrap();
    assert_eq!(file.stream_position().unwrap(), 7);
    file.seek(SeekFrom::Start(0)).unwrap();
    let mut start = [0; 2];
    assert_eq!(file.read(&mut start).unwrap(), 2);
    assert_eq!(
        file.read_vectored(&mut [IoSliceMut::new(&mut start)])
            .unwrap(),
        2
    );
    let mut rest = String::new();
    assert_eq!(file.clone().read_to_string(&mut rest).unwrap(), 3);
    assert_eq!((&start, rest.as_str()), (b"e ", "two"));
    file.rewind().unwrap();
    let mut all = Vec::new();
    file.read_to_end(&mut all).unwrap();
    assert_eq!(all, b"one two");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn one_of_many_threads_gets_the_value() {
    for _ in 0..50 {
        let one = Arc::new(String::from("prize"));
        let two = one.clone();
        let other = thread::spawn(move || Arc::into_inner(two));
        let mine = Arc::into_inner(one);
        let theirs = other.join().unwrap();
        assert!(mine.is_some() ^ theirs.is_some());
    }
}

#[test]
fn many_threads_clone_upgrade_and_drop() {
    let one = Arc::new(5);
    let weak: Weak<i32> = Arc::downgrade(&one);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..500 {
                    let clone = one.clone();
                    let upgraded = weak.upgrade().unwrap();
                    assert!(Arc::ptr_eq(&clone, &upgraded));
                    drop(Arc::downgrade(&clone));
                }
            });
        }
    });
    assert_eq!((Arc::strong_count(&one), Arc::weak_count(&one)), (1, 1));
}
