//! The interpreter of `after.rs`, fixed as the report suggests: it clears what closes the cycle.

#![allow(clippy::print_stdout, reason = "a program talks")]

mod syntax;

use std::cell::RefCell;
use std::collections::HashMap;

use objgraph::Tracked;
use objgraph::rc::{Rc, Weak};
use syntax::{Declaration, Expr, Stmt};

const SCRIPT: &str = include_str!("counters.lox");

fn main() -> Result<(), String> {
    let script = syntax::parse(SCRIPT)?;
    for _ in 0..3 {
        let mut interpreter = Interpreter::new();
        interpreter.run(&script)?;
        drop(interpreter);
        objgraph::show_growth();
    }
    let picture = std::env::temp_dir().join("objgraph-lox.svg");
    let leaks = objgraph::show_leaks(picture).map_err(|error| error.to_string())?;
    println!("{} objects leaked", leaks.len());
    Ok(())
}

#[derive(Clone, PartialEq, Tracked)]
enum Value {
    Nil,
    Bool(bool),
    Number(f64),
    Text(String),
    Function(Rc<Closure>),
}

/// A function, and the variables that it can access.
#[derive(Tracked)]
struct Closure {
    declaration: Declaration,
    environment: Rc<RefCell<Environment>>,
}

/// The variables of one block or call.
#[derive(Tracked)]
struct Environment {
    values: HashMap<String, Value>,
    enclosing: Option<Rc<RefCell<Environment>>>,
}

struct Interpreter {
    globals: Rc<RefCell<Environment>>,
    /// All environments, to be cleared at the end.
    environments: Vec<Weak<RefCell<Environment>>>,
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        for environment in self.environments.iter().filter_map(Weak::upgrade) {
            let values = std::mem::take(&mut environment.borrow_mut().values);
            drop(values);
        }
    }
}

/// Why a statement did not end normally.
enum Exit {
    Return(Value),
    Error(String),
}

impl Interpreter {
    fn new() -> Self {
        let globals = Environment::inside(None);
        Self {
            environments: vec![Rc::downgrade(&globals)],
            globals,
        }
    }

    fn run(&mut self, script: &[Stmt]) -> Result<(), String> {
        let globals = self.globals.clone();
        match self.block(script, &globals) {
            Err(Exit::Error(error)) => Err(error),
            Err(Exit::Return(_)) | Ok(()) => Ok(()),
        }
    }

    /// Creates an environment inside another.
    fn environment(&mut self, enclosing: &Rc<RefCell<Environment>>) -> Rc<RefCell<Environment>> {
        let environment = Environment::inside(Some(enclosing.clone()));
        // Removes dropped environments before the list would grow.
        if self.environments.len() == self.environments.capacity() {
            self.environments.retain(|old| old.strong_count() > 0);
        }
        self.environments.push(Rc::downgrade(&environment));
        environment
    }

    fn block(
        &mut self,
        statements: &[Stmt],
        environment: &Rc<RefCell<Environment>>,
    ) -> Result<(), Exit> {
        let mut statements = statements.iter();
        statements.try_for_each(|statement| self.statement(statement, environment))
    }

    fn statement(
        &mut self,
        statement: &Stmt,
        environment: &Rc<RefCell<Environment>>,
    ) -> Result<(), Exit> {
        match statement {
            Stmt::Print(value) => println!("{}", self.value(value, environment)?),
            Stmt::Expr(value) => drop(self.value(value, environment)?),
            Stmt::Var(name, value) => {
                let value = self.value(value, environment)?;
                environment.borrow_mut().declare(name, value);
            }
            Stmt::Fun(declaration) => {
                let closure = Rc::new(Closure {
                    declaration: declaration.clone(),
                    environment: environment.clone(),
                });
                let value = Value::Function(closure);
                environment.borrow_mut().declare(&declaration.name, value);
            }
            Stmt::Return(value) => return Err(Exit::Return(self.value(value, environment)?)),
            Stmt::Block(statements) => {
                let inner = self.environment(environment);
                self.block(statements, &inner)?;
            }
            Stmt::If(condition, then, other) => {
                if self.value(condition, environment)?.is_true() {
                    self.statement(then, environment)?;
                } else if let Some(other) = other {
                    self.statement(other, environment)?;
                }
            }
            Stmt::While(condition, body) => {
                while self.value(condition, environment)?.is_true() {
                    self.statement(body, environment)?;
                }
            }
        }
        Ok(())
    }

    fn value(
        &mut self,
        expression: &Expr,
        environment: &Rc<RefCell<Environment>>,
    ) -> Result<Value, Exit> {
        Ok(match expression {
            Expr::Nil => Value::Nil,
            Expr::Bool(value) => Value::Bool(*value),
            Expr::Number(value) => Value::Number(*value),
            Expr::Text(value) => Value::Text(value.clone()),
            Expr::Name(name) => environment.borrow().get(name)?,
            Expr::Assign(name, value) => {
                let value = self.value(value, environment)?;
                environment.borrow_mut().set(name, value.clone())?;
                value
            }
            Expr::Binary(left, sign, right) => {
                let left = self.value(left, environment)?;
                binary(left, sign, self.value(right, environment)?)?
            }
            Expr::Call(called, arguments) => {
                let called = self.value(called, environment)?;
                let mut values = Vec::new();
                for argument in arguments {
                    values.push(self.value(argument, environment)?);
                }
                self.call(&called, values)?
            }
        })
    }

    fn call(&mut self, called: &Value, arguments: Vec<Value>) -> Result<Value, Exit> {
        let Value::Function(closure) = called else {
            return Err(Exit::Error(format!("{called} is no function")));
        };
        let environment = self.environment(&closure.environment);
        for (name, value) in closure.declaration.parameters.iter().zip(arguments) {
            environment.borrow_mut().declare(name, value);
        }
        match self.block(&closure.declaration.body, &environment) {
            Err(Exit::Return(value)) => Ok(value),
            Err(Exit::Error(error)) => Err(Exit::Error(error)),
            Ok(()) => Ok(Value::Nil),
        }
    }
}

impl Environment {
    fn inside(enclosing: Option<Rc<RefCell<Self>>>) -> Rc<RefCell<Self>> {
        Rc::new(RefCell::new(Self {
            values: HashMap::new(),
            enclosing,
        }))
    }

    fn declare(&mut self, name: &str, value: Value) {
        self.values.insert(name.to_owned(), value);
    }

    fn get(&self, name: &str) -> Result<Value, Exit> {
        match (self.values.get(name), &self.enclosing) {
            (Some(value), _) => Ok(value.clone()),
            (None, Some(enclosing)) => enclosing.borrow().get(name),
            (None, None) => Err(Exit::Error(format!("`{name}` is not declared"))),
        }
    }

    fn set(&mut self, name: &str, value: Value) -> Result<(), Exit> {
        match (self.values.get_mut(name), &self.enclosing) {
            (Some(old), _) => *old = value,
            (None, Some(enclosing)) => enclosing.borrow_mut().set(name, value)?,
            (None, None) => return Err(Exit::Error(format!("`{name}` is not declared"))),
        }
        Ok(())
    }
}

fn binary(left: Value, sign: &str, right: Value) -> Result<Value, Exit> {
    Ok(match (left, sign, right) {
        (left, "==", right) => Value::Bool(left == right),
        (left, "!=", right) => Value::Bool(left != right),
        (Value::Text(left), "+", right) => Value::Text(format!("{left}{right}")),
        (Value::Number(left), sign, Value::Number(right)) => match sign {
            "+" => Value::Number(left + right),
            "-" => Value::Number(left - right),
            "*" => Value::Number(left * right),
            "/" => Value::Number(left / right),
            "<" => Value::Bool(left < right),
            ">" => Value::Bool(left > right),
            "<=" => Value::Bool(left <= right),
            _ => Value::Bool(left >= right),
        },
        (left, sign, right) => {
            return Err(Exit::Error(format!("`{sign}` takes no {left} and {right}")));
        }
    })
}

impl Value {
    fn is_true(&self) -> bool {
        !matches!(self, Self::Nil | Self::Bool(false))
    }
}

impl PartialEq for Closure {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nil => f.write_str("nil"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(value) => f.write_str(value),
            Self::Function(closure) => write!(f, "<fun {}>", closure.declaration.name),
        }
    }
}
