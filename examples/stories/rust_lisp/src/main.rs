//! Answers requests with a script of rust_lisp. Each request has an environment of its own.
//!
//! With the argument `undefine`, the program removes the function before it drops the environment.

use std::cell::RefCell;
use std::rc::Rc;

use rust_lisp::default_env;
use rust_lisp::interpreter::eval_block;
use rust_lisp::model::{RuntimeError, Symbol, Value};
use rust_lisp::parser::parse;

const SCRIPT: &str = "(defun double (n) (* n 2)) (double 21)";

fn answer(undefine: bool) -> Result<Value, RuntimeError> {
    let env = Rc::new(RefCell::new(default_env()));
    let answer = eval_block(Rc::clone(&env), parse(SCRIPT).map(Result::unwrap));
    if undefine {
        env.borrow_mut().undefine(&Symbol("double".to_owned()));
    }
    answer
}

fn main() -> Result<(), RuntimeError> {
    let undefine = std::env::args().nth(1).as_deref() == Some("undefine");
    for request in 1..=100 {
        let answer = answer(undefine)?;
        if request == 100 {
            println!("the answer to request {request} is {answer}");
        }
    }
    Ok(())
}
