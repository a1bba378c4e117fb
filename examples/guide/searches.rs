//! The chain from one object to another.

use std::path::Path;

use objgraph::Tracked;
use objgraph::rc::Rc;

use crate::Outcome;

#[derive(Tracked)]
struct App {
    sessions: Vec<Rc<Session>>,
}

#[derive(Tracked)]
struct Session {
    user: Rc<User>,
}

#[derive(Tracked, Debug)]
struct User {
    name: &'static str,
}

pub(crate) fn run(pictures: &Path) -> Outcome {
    let user = |name| Rc::new(User { name });
    let [ann, bob] = [user("ann"), user("bob")];
    let sessions = [&ann, &bob, &ann].map(|user| Rc::new(Session { user: user.clone() }));
    let app = Rc::new(App {
        sessions: sessions.to_vec(),
    });

    let to_user = objgraph::find_ref_chain(&app, |node| node.type_info().matches("User"));
    let to_user = to_user.ok_or("the app knows no user")?;
    println!("{to_user}");
    let to_bob = objgraph::find_backref_chain(&bob, |node| node.type_info().matches("App"));
    let to_bob = to_bob.ok_or("no app knows bob")?;
    println!("{to_bob}");
    objgraph::picture::chain_refs([&to_user, &to_bob]).save(pictures.join("chains.svg"))?;
    println!("the first session is that of {}", app.sessions[0].user.name);
    Ok(())
}
