use std::fs;
use std::path::{Path, PathBuf};

use super::{Temporary, lock_new, path_of, write_whole, write_whole_with};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("objgraph-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// A living writer keeps its temporary, which others pass over; a dead one does not.
#[test]
fn only_the_temporaries_of_dead_writers_are_removed() {
    let folder = folder("temporaries");
    let living = Temporary::create(&folder, false).unwrap();
    assert!(living.path.ends_with(".objgraph-0.tmp"));
    // Also one with a number that is not the next.
    for number in [1, 2, 9] {
        fs::write(path_of(&folder, number), "half of a pict").unwrap();
    }
    write_whole(&folder.join("a.txt"), b"text").unwrap();
    assert_eq!(names(&folder), [".objgraph-0.tmp", "a.txt"]);
    living.move_to(&folder.join("b.txt")).unwrap();
    assert_eq!(names(&folder), ["a.txt", "b.txt"]);
    drop(Temporary::create(&folder, true).unwrap());
    assert_eq!(names(&folder), ["a.txt", "b.txt"]);
    fs::remove_dir_all(folder).unwrap();
}

/// Between the creation of a temporary and its lock another writer may take it for abandoned.
#[test]
fn a_temporary_that_was_lost_to_another_writer_is_not_used() {
    let folder = folder("lost-temporary");
    let path = path_of(&folder, 0);
    let file = fs::File::create_new(&path).unwrap();
    let other = fs::File::open(&path).unwrap();
    other.try_lock().unwrap();
    assert!(!lock_new(&file, &path));
    fs::remove_file(&path).unwrap();
    drop(other);
    assert!(!lock_new(&file, &path));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn many_writers_in_one_folder_do_not_meet() {
    let folder = folder("many-writers");
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let folder = &folder;
            scope.spawn(move || {
                for round in 0..50_u32 {
                    let text = format!("{writer} {round} ").repeat(500);
                    write_whole(&folder.join("a.txt"), text.as_bytes()).unwrap();
                }
            });
        }
    });
    assert_eq!(names(&folder), ["a.txt"]);
    let text = fs::read_to_string(folder.join("a.txt")).unwrap();
    let first = text.split_inclusive(' ').take(2).collect::<String>();
    assert_eq!(text, first.repeat(500));
    fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn mode_and_links_stay() {
        let folder = folder("mode");
        let file = folder.join("file");
        fs::write(&file, "before, and longer").unwrap();
        fs::create_dir(folder.join("sub")).unwrap();
        symlink("../file", folder.join("sub/link")).unwrap();
        symlink("sub/link", folder.join("link")).unwrap();
        for bits in [0o600, 0o640, 0o644, 0o755] {
            fs::set_permissions(&file, fs::Permissions::from_mode(bits)).unwrap();
            let inode = fs::metadata(&file).unwrap().ino();
            write_whole(&folder.join("link"), b"after").unwrap();
            assert_eq!(fs::read(&file).unwrap(), b"after");
            assert_eq!(mode(&file), bits);
            // It was replaced, not written over.
            assert_ne!(fs::metadata(&file).unwrap().ino(), inode);
        }
        assert!(folder.join("link").is_symlink() && folder.join("sub/link").is_symlink());
        assert_eq!(names(&folder), ["file", "link", "sub"]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_link_that_leads_nowhere_gets_its_file() {
        let folder = folder("dangling");
        symlink("new", folder.join("link")).unwrap();
        write_whole(&folder.join("link"), b"text").unwrap();
        assert!(folder.join("link").is_symlink());
        assert_eq!(fs::read(folder.join("new")).unwrap(), b"text");
        symlink("loop", folder.join("loop")).unwrap();
        write_whole(&folder.join("loop"), b"text").unwrap_err();
        fs::remove_dir_all(folder).unwrap();
    }

    /// Replacing one name would part it from the others.
    #[test]
    fn all_names_of_a_file_get_the_text() {
        let folder = folder("hard-links");
        let (one, other) = (folder.join("one"), folder.join("other"));
        fs::write(&one, "before, and longer").unwrap();
        fs::hard_link(&one, &other).unwrap();
        write_whole(&one, b"after").unwrap();
        assert_eq!(fs::read(&other).unwrap(), b"after");
        assert_eq!(fs::metadata(&one).unwrap().nlink(), 2);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_name_of_the_greatest_length() {
        let folder = folder("long");
        let name = "x".repeat(255);
        write_whole(&folder.join(&name), b"text").unwrap();
        assert_eq!(names(&folder), [name]);
        let error = write_whole(&folder.join("x".repeat(256)), b"text").unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidFilename);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn content_that_fails_midway_leaves_the_old_file() {
        let folder = folder("midway");
        let (one, linked) = (folder.join("one.txt"), folder.join("linked.txt"));
        for path in [&one, &linked] {
            fs::write(path, "old").unwrap();
        }
        // A file with two names is written to in place.
        fs::hard_link(&linked, folder.join("other.txt")).unwrap();
        for path in [&one, &linked, &folder.join("new.txt")] {
            let error = write_whole_with(path, &mut |out| {
                out.write_all(&[b'x'; 100_000])?;
                Err(std::io::ErrorKind::Other.into())
            });
            assert_eq!(error.unwrap_err().kind(), std::io::ErrorKind::Other);
        }
        for path in [&one, &linked] {
            assert_eq!(fs::read(path).unwrap(), b"old");
        }
        assert_eq!(names(&folder), ["linked.txt", "one.txt", "other.txt"]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_name_of_a_folder_is_refused() {
        let folder = folder("folder-name");
        for path in [folder.clone(), folder.join("new/")] {
            let error = write_whole(&path, b"text").unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::IsADirectory);
        }
        assert_eq!(names(&folder), [""; 0]);
        fs::remove_dir_all(folder).unwrap();
    }
}
