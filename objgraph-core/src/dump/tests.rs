use super::occasion::{Occasion, occasions, tags};

#[test]
fn lists_of_the_environment() {
    use Occasion::{Exit, Panic, Signal};

    assert_eq!(occasions("signal, exit,,exit"), (vec![Exit, Signal], None));
    assert_eq!(occasions("panic,quit,never"), (vec![Panic], Some("quit")));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        tags(" version=1.4 , region = eu=west,,canary"),
        [
            pair("version", "1.4"),
            pair("region", "eu=west"),
            pair("canary", "")
        ]
    );
}
