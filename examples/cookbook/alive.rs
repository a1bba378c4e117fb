//! Why an object is alive, and who holds it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::Outcome;

pub(crate) fn run(_: &Path) -> Outcome {
    cache()?;
    arc()?;
    history()?;
    zombies();
    request()
}

mod page {
    use objgraph::Tracked;

    #[derive(Tracked)]
    pub(super) struct Page {
        pub(super) text: String,
    }
}

fn cache() -> Outcome {
    use objgraph::sync::Arc;
    use page::Page;

    #[objgraph::root]
    static CACHE: Mutex<BTreeMap<&str, Vec<Arc<Page>>>> = Mutex::new(BTreeMap::new());

    for (user, pages) in [("ann", 1), ("bob", 40), ("cyd", 2)] {
        let pages = (0..pages).map(|number| Page {
            text: format!("page {number} of {user}"),
        });
        let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
        cache.insert(user, pages.map(Arc::new).collect());
    }

    let pages = objgraph::by_type("Page");
    let page = pages.get(20).ok_or("there is no such page")?;
    let chain = objgraph::find_backref_chain(page, objgraph::is_root);
    println!("{}", chain.ok_or("no root holds it")?);

    let cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    let (user, pages) = cache.iter().nth(1).ok_or("the cache is empty")?;
    println!(
        "{user} has {} pages, such as {:?}",
        pages.len(),
        pages[0].text
    );
    drop(cache);
    CACHE.lock().unwrap_or_else(PoisonError::into_inner).clear();
    Ok(())
}

fn arc() -> Outcome {
    use objgraph::{Tracked, sync::Arc};

    #[derive(Tracked)]
    struct Config {
        name: String,
    }

    #[derive(Tracked)]
    struct Worker {
        config: Arc<Config>,
    }

    let config = Arc::new(Config {
        name: "main".to_owned(),
    });
    let worker = Arc::new(Worker {
        config: config.clone(),
    });
    let copy = config.clone();
    let config = Arc::try_unwrap(config)
        .err()
        .ok_or("nobody else holds it")?;
    let owners = objgraph::owners::owners(objgraph::id(&config));
    println!("{}", owners.ok_or("it is not tracked")?);
    println!("{} {}", copy.name, worker.config.name);
    Ok(())
}

fn history() -> Outcome {
    use objgraph::{Tracked, rc::Rc};

    #[derive(Tracked, Default)]
    struct Editor {
        undo: RefCell<Vec<Rc<Document>>>,
        shown: RefCell<Option<Rc<Document>>>,
    }

    #[derive(Tracked)]
    struct Document;

    let editor = Rc::new(Editor::default());
    let document = Rc::new(Document);
    editor.shown.replace(Some(document.clone()));
    editor.undo.borrow_mut().push(document.clone());
    editor.shown.take(); // the document was closed

    let reason = objgraph::why_alive(&document).ok_or("it is not tracked")?;
    println!("{reason}");
    Ok(())
}

fn zombies() {
    use objgraph::rc::{Rc, Weak};

    let mut observers: Vec<Weak<[u8; 4096]>> = Vec::new();
    for _ in 0..3 {
        let buffer = Rc::new([0; 4096]);
        observers.push(Rc::downgrade(&buffer));
    } // The buffers are dropped, and their memory is not freed.

    println!("{}", objgraph::owners::zombies());
    observers.clear();
}

fn request() -> Outcome {
    use objgraph::scope::{Scope, alive_in};
    use objgraph::sync::Arc;

    let mut log = Vec::new();
    for number in 1..=3 {
        let request = Scope::new("request");
        let _entered = request.enter();
        let line = Arc::new(format!("request {number}"));
        if number == 2 {
            log.push(line.clone());
        }
    }

    println!("{}", alive_in("request"));
    let left = alive_in("request").objects();
    let object = left.first().ok_or("nothing was left")?;
    println!("made at {}", object.site());
    drop(log);
    Ok(())
}
