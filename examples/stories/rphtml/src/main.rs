//! Parses three small pages, one after the other, and prints the number of bytes of each.

use rphtml::parser::Doc;

fn main() {
    for page in 1..=3 {
        let text = format!("<ul><li>page {page}</li><li>next</li></ul>");
        let document = Doc::parse(&text, Default::default()).expect("it is HTML");
        println!(
            "page {page}: {} bytes",
            document.render(&Default::default()).len()
        );
    }
}
