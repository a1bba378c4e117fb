//! Parses the text of a script into statements. Nothing here changed for objgraph.

use std::rc::Rc;

/// A statement.
pub(crate) enum Stmt {
    Print(Expr),
    Expr(Expr),
    Var(String, Expr),
    Fun(Declaration),
    Return(Expr),
    Block(Vec<Stmt>),
    If(Expr, Box<Stmt>, Option<Box<Stmt>>),
    While(Expr, Box<Stmt>),
}

/// An expression.
pub(crate) enum Expr {
    Nil,
    Bool(bool),
    Number(f64),
    Text(String),
    Name(String),
    Assign(String, Box<Expr>),
    Binary(Box<Expr>, &'static str, Box<Expr>),
    Call(Box<Expr>, Vec<Expr>),
}

/// A function as it was written, shared by all closures over it.
pub(crate) type Declaration = Rc<Function>;

/// The content of a declaration.
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) parameters: Vec<String>,
    pub(crate) body: Vec<Stmt>,
}

/// Parses a script.
pub(crate) fn parse(source: &str) -> Result<Vec<Stmt>, String> {
    let mut parser = Parser {
        tokens: scan(source)?,
        at: 0,
    };
    let mut script = Vec::new();
    while parser.at < parser.tokens.len() {
        script.push(parser.declaration()?);
    }
    Ok(script)
}

#[derive(Clone, PartialEq)]
enum Token {
    Number(f64),
    Text(String),
    Word(String),
    Sign(&'static str),
}

const SIGNS: [&str; 18] = [
    "==", "!=", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "(", ")", "{", "}", ",", ";", "!",
];

fn scan(source: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = source.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_digit() {
            let length = span(rest, |c| c.is_ascii_digit() || c == '.');
            let number = rest[..length].parse();
            tokens.push(Token::Number(number.map_err(|_| "a number went wrong")?));
            length
        } else if first.is_alphabetic() || first == '_' {
            let length = span(rest, |c| c.is_alphanumeric() || c == '_');
            tokens.push(Token::Word(rest[..length].to_owned()));
            length
        } else if first == '"' {
            let length = rest[1..].find('"').ok_or("a text has no end")?;
            tokens.push(Token::Text(rest[1..=length].to_owned()));
            length + 2
        } else if rest.starts_with("//") {
            span(rest, |c| c != '\n')
        } else {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
            let sign = sign.ok_or_else(|| format!("`{first}` means nothing"))?;
            tokens.push(Token::Sign(sign));
            sign.len()
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn span(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|c| !fits(c)).unwrap_or(text.len())
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn declaration(&mut self) -> Result<Stmt, String> {
        if self.word("var") {
            let name = self.name()?;
            let value = if self.sign("=") {
                self.expression()?
            } else {
                Expr::Nil
            };
            self.expect(";")?;
            return Ok(Stmt::Var(name, value));
        }
        if self.word("fun") {
            let name = self.name()?;
            self.expect("(")?;
            let parameters = self.list(Self::name)?;
            self.expect("{")?;
            let body = self.block()?;
            return Ok(Stmt::Fun(Rc::new(Function {
                name,
                parameters,
                body,
            })));
        }
        self.statement()
    }

    fn statement(&mut self) -> Result<Stmt, String> {
        if self.sign("{") {
            return Ok(Stmt::Block(self.block()?));
        }
        if self.word("if") {
            let condition = self.condition()?;
            let then = Box::new(self.statement()?);
            let other = if self.word("else") {
                Some(Box::new(self.statement()?))
            } else {
                None
            };
            return Ok(Stmt::If(condition, then, other));
        }
        if self.word("while") {
            return Ok(Stmt::While(self.condition()?, Box::new(self.statement()?)));
        }
        let make = if self.word("print") {
            Stmt::Print
        } else if self.word("return") {
            Stmt::Return
        } else {
            Stmt::Expr
        };
        let value = self.expression()?;
        self.expect(";")?;
        Ok(make(value))
    }

    fn condition(&mut self) -> Result<Expr, String> {
        self.expect("(")?;
        let condition = self.expression()?;
        self.expect(")")?;
        Ok(condition)
    }

    fn block(&mut self) -> Result<Vec<Stmt>, String> {
        let mut body = Vec::new();
        while !self.sign("}") {
            body.push(self.declaration()?);
        }
        Ok(body)
    }

    fn expression(&mut self) -> Result<Expr, String> {
        let left = self.binary(0)?;
        if !self.sign("=") {
            return Ok(left);
        }
        match left {
            Expr::Name(name) => Ok(Expr::Assign(name, Box::new(self.expression()?))),
            _ => Err("only a variable can be assigned to".to_owned()),
        }
    }

    fn binary(&mut self, level: usize) -> Result<Expr, String> {
        const LEVELS: [&[&str]; 4] = [
            &["==", "!="],
            &["<", ">", "<=", ">="],
            &["+", "-"],
            &["*", "/"],
        ];
        let Some(signs) = LEVELS.get(level) else {
            return self.call();
        };
        let mut left = self.binary(level + 1)?;
        while let Some(&sign) = signs.iter().find(|sign| self.sign(sign)) {
            let right = self.binary(level + 1)?;
            left = Expr::Binary(Box::new(left), sign, Box::new(right));
        }
        Ok(left)
    }

    fn call(&mut self) -> Result<Expr, String> {
        let mut called = self.primary()?;
        while self.sign("(") {
            called = Expr::Call(Box::new(called), self.list(Self::expression)?);
        }
        Ok(called)
    }

    fn primary(&mut self) -> Result<Expr, String> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        match token.ok_or("the script ends too early")? {
            Token::Number(number) => Ok(Expr::Number(number)),
            Token::Text(text) => Ok(Expr::Text(text)),
            Token::Word(word) => Ok(match word.as_str() {
                "nil" => Expr::Nil,
                "true" => Expr::Bool(true),
                "false" => Expr::Bool(false),
                _ => Expr::Name(word),
            }),
            Token::Sign("(") => {
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Sign(sign) => Err(format!("`{sign}` begins no expression")),
        }
    }

    /// Parses what is between the parentheses, the first of which is already consumed.
    fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let mut items = Vec::new();
        while !self.sign(")") {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn name(&mut self) -> Result<String, String> {
        let Some(Token::Word(name)) = self.tokens.get(self.at).cloned() else {
            return Err("a name is missing".to_owned());
        };
        self.at += 1;
        Ok(name)
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.sign(sign) {
            Ok(())
        } else {
            Err(format!("`{sign}` is missing"))
        }
    }

    fn sign(&mut self, sign: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some(Token::Sign(next)) if *next == sign);
        self.at += usize::from(is);
        is
    }

    fn word(&mut self, word: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some(Token::Word(next)) if next == word);
        self.at += usize::from(is);
        is
    }
}
