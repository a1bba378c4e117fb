use quote::quote;

use super::*;

fn expanded(args: TokenStream, item: TokenStream) -> String {
    test(args, item).to_string()
}

#[test]
fn a_plain_function_becomes_a_test() {
    let text = expanded(
        quote!(),
        quote!(
            #[ignore]
            fn f() {}
        ),
    );
    assert_eq!(text.matches(":: core :: prelude :: v1 :: test").count(), 1);
    assert!(
        text.contains("is_once : true") && text.contains("ignored : true"),
        "{text}"
    );
    let text = expanded(
        quote!(),
        quote!(
            #[::core::prelude::v1::test]
            fn f() {}
        ),
    );
    assert_eq!(text.matches(":: core :: prelude :: v1 :: test").count(), 1);
}

#[test]
fn the_attribute_of_a_runtime_goes_inside() {
    let text = expanded(
        quote!(growth = 3, warm_up = 0),
        quote!(
            #[tokio::test]
            async fn f() {}
        ),
    );
    let inner = text.find("# [tokio :: test] async fn f").expect(&text);
    assert!(text.find("fn f ()").expect("the test") < inner, "{text}");
    assert!(
        text.contains("growth : :: core :: option :: Option :: Some (3)")
            && text.contains("warm_up : :: core :: option :: Option :: Some (0)"),
        "{text}"
    );
}

#[test]
fn a_function_with_parameters_is_checked_inside() {
    let text = expanded(
        quote!(),
        quote!(
            #[rstest]
            fn f(#[case] a: u8) -> Result<(), E> {
                g(a)
            }
        ),
    );
    assert!(
        text.starts_with("# [rstest] fn f (# [case] a : u8) -> Result < () , E >"),
        "{text}"
    );
    assert!(
        text.contains("move || -> Result < () , E > { g (a) }"),
        "{text}"
    );
    assert!(text.contains("is_once : false"), "{text}");
}

#[test]
fn a_test_stays_one_beside_an_attribute_that_only_changes_its_body() {
    let text = expanded(
        quote!(),
        quote!(
            #[traced_test]
            #[test]
            fn f() {}
        ),
    );
    assert!(
        text.starts_with("# [traced_test] # [test] fn f ()"),
        "{text}"
    );
}

#[test]
fn the_body_may_come_from_another_macro() {
    let body = Group::new(Delimiter::None, quote!({ g() }));
    let text = expanded(quote!(), quote!(fn f() #body));
    assert!(
        text.contains("fn f () { g () }") && !text.contains("compile_error"),
        "{text}"
    );
}

#[test]
fn should_panic_is_taken_over() {
    let text = expanded(
        quote!(),
        quote!(
            #[should_panic(expected = "x")]
            fn f() {}
        ),
    );
    assert!(!text.contains("# [should_panic"), "{text}");
    let some = ":: core :: option :: Option :: Some";
    assert!(
        text.contains(&format!("should_panic : {some} ({some} (\"x\"))")),
        "{text}"
    );
}

#[test]
fn mistakes_are_errors() {
    for (args, item, error) in [
        (
            quote!(),
            quote!(
                struct S;
            ),
            "belongs on a function",
        ),
        (
            quote!(),
            quote!(
                async fn f() {}
            ),
            "an `async` test needs a runtime",
        ),
        (
            quote!(),
            quote!(
                fn f(a: u8) {}
            ),
            "a test has no parameters",
        ),
        (
            quote!(allowed = "x"),
            quote!(
                fn f() {}
            ),
            "unknown option `allowed`",
        ),
        (
            quote!(growth = 0),
            quote!(
                fn f() {}
            ),
            "expected a number from 1 to 4294967295",
        ),
        (
            quote!(warm_up = 3),
            quote!(
                fn f() {}
            ),
            "`warm_up` needs `growth = n`",
        ),
        (
            quote!(retries = 1u8),
            quote!(
                fn f() {}
            ),
            "without a suffix",
        ),
        (
            quote!(retries = 1, retries = 2),
            quote!(
                fn f() {}
            ),
            "`retries` is given twice",
        ),
        (
            quote!(growth = 3),
            quote!(
                #[rstest]
                fn f(a: u8) {}
            ),
            "`growth` repeats the function",
        ),
        (
            quote!(growth = 3),
            quote!(
                #[should_panic]
                fn f() {}
            ),
            "`growth` cannot repeat a test with",
        ),
        (
            quote!(),
            quote!(
                #[should_panic]
                fn f() -> Result<(), E> {}
            ),
            "a test with `#[should_panic]` cannot return a value",
        ),
    ] {
        let text = expanded(args, item);
        assert!(
            text.contains("compile_error") && text.contains(error),
            "{error}: {text}"
        );
    }
}
