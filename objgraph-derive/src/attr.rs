//! The `#[tracked(…)]` attributes: what may stand where, and what was written.

mod item;
#[cfg(test)]
mod tests;

use proc_macro2::{Span, TokenStream};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, ExprPath, LitStr, Path, Token, WherePredicate};

use self::item::Item;
use crate::errors::Errors;

/// Where an attribute stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Type,
    Variant,
    Field,
}

impl Place {
    /// The place, as the end of "on …".
    fn noun(self) -> &'static str {
        match self {
            Self::Type => "the type",
            Self::Variant => "a variant",
            Self::Field => "a field",
        }
    }

    /// What may stand here, as the reader would write it.
    fn allowed(self) -> &'static str {
        match self {
            Self::Type => {
                "`bound = \"…\"`, `crate = path`, `strict`, `label = path` and `no_label`"
            }
            Self::Variant => "`skip`",
            Self::Field => "`skip`, `with = path` and `back`",
        }
    }
}

/// A value and the name it was given by, for errors that are found later.
pub(crate) struct Given<T> {
    pub(crate) span: Span,
    pub(crate) value: T,
}

/// What `#[tracked(…)]` says about the type.
#[derive(Default)]
pub(crate) struct TypeAttrs {
    pub(crate) bound: Option<Given<Vec<WherePredicate>>>,
    pub(crate) krate: Option<Given<Path>>,
    pub(crate) strict: Option<Given<()>>,
    pub(crate) label: Option<Given<ExprPath>>,
    pub(crate) no_label: Option<Given<()>>,
}

/// What `#[tracked(…)]` says about a variant.
#[derive(Default)]
pub(crate) struct VariantAttrs {
    pub(crate) skip: Option<Given<()>>,
}

/// What `#[tracked(…)]` says about a field.
#[derive(Default)]
pub(crate) struct FieldAttrs {
    pub(crate) skip: Option<Given<()>>,
    pub(crate) with: Option<Given<ExprPath>>,
    pub(crate) back: Option<Given<()>>,
}

impl TypeAttrs {
    pub(crate) fn parse(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut this = Self::default();
        let mut seen = Vec::new();
        for item in item::items(attrs, Place::Type, errors) {
            if !item.is_first(&mut seen, errors) {
                continue;
            }
            match item.name().as_str() {
                "bound" => this.bound = item.predicates(errors),
                "crate" => this.krate = item.module(errors),
                "strict" => this.strict = item.flag(errors),
                "label" => this.label = item.function(errors),
                "no_label" => this.no_label = item.flag(errors),
                _ => item.refuse(errors),
            }
        }
        this
    }
}

impl VariantAttrs {
    pub(crate) fn parse(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut this = Self::default();
        let mut seen = Vec::new();
        for item in item::items(attrs, Place::Variant, errors) {
            if !item.is_first(&mut seen, errors) {
                continue;
            }
            match item.name().as_str() {
                "skip" => this.skip = item.flag(errors),
                _ => item.refuse(errors),
            }
        }
        this
    }
}

impl FieldAttrs {
    pub(crate) fn parse(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut this = Self::default();
        let mut seen = Vec::new();
        for item in item::items(attrs, Place::Field, errors) {
            if !item.is_first(&mut seen, errors) {
                continue;
            }
            match item.name().as_str() {
                "skip" => this.skip = item.flag(errors),
                "with" => this.with = item.function(errors),
                "back" => this.back = item.flag(errors),
                _ => item.refuse(errors),
            }
        }
        this
    }
}

impl Item {
    /// The item as a word that has no value.
    fn flag(&self, errors: &mut Errors) -> Option<Given<()>> {
        let name = self.name();
        if let Some(value) = &self.rest {
            errors.on(
                value,
                format_args!("`{name}` takes no value: write `#[tracked({name})]`"),
            );
            return None;
        }
        Some(self.given(()))
    }

    /// The item as `name = path::of::function`.
    fn function(&self, errors: &mut Errors) -> Option<Given<ExprPath>> {
        self.path(errors, "a function", syn::parse2)
    }

    /// The item as `name = path::of::module`.
    fn module(&self, errors: &mut Errors) -> Option<Given<Path>> {
        self.path(errors, "the objgraph crate", |tokens| {
            Path::parse_mod_style.parse2(tokens)
        })
    }

    fn path<T>(
        &self,
        errors: &mut Errors,
        what: &str,
        parse: impl FnOnce(TokenStream) -> syn::Result<T>,
    ) -> Option<Given<T>> {
        let name = self.name();
        let Some(value) = self.assigned() else {
            errors.on(
                self,
                format_args!("`{name}` needs the path of {what}: `#[tracked({name} = path)]`"),
            );
            return None;
        };
        if let Ok(path) = parse(value.clone()) {
            return Some(self.given(path));
        }
        let quoted = syn::parse2::<LitStr>(value.clone()).ok();
        match quoted.filter(|quoted| quoted.parse_with(Path::parse_mod_style).is_ok()) {
            Some(quoted) => errors.on(
                &quoted,
                format_args!(
                    "`{name}` is given a path without quotes: `#[tracked({name} = {})]`",
                    quoted.value()
                ),
            ),
            None => errors.on(
                value,
                format_args!(
                    "this is not a path; `{name}` needs the path of {what}: \
                     `#[tracked({name} = path)]`"
                ),
            ),
        }
        None
    }

    /// The item as `name = "where-predicates"`.
    fn predicates(&self, errors: &mut Errors) -> Option<Given<Vec<WherePredicate>>> {
        let name = self.name();
        let literal = self
            .assigned()
            .and_then(|value| syn::parse2::<LitStr>(value.clone()).ok());
        let Some(literal) = literal else {
            errors.on(
                self,
                format_args!(
                    "`{name}` needs where-predicates in quotes: \
                     `#[tracked({name} = \"T: Trait + 'static\")]`"
                ),
            );
            return None;
        };
        match literal.parse_with(Punctuated::<WherePredicate, Token![,]>::parse_terminated) {
            Ok(predicates) => Some(self.given(predicates.into_iter().collect())),
            Err(error) => {
                errors.on(
                    &literal,
                    format_args!("`{name}` does not hold where-predicates: {error}"),
                );
                None
            }
        }
    }

    fn given<T>(&self, value: T) -> Given<T> {
        Given {
            span: self.ident.span(),
            value,
        }
    }
}
