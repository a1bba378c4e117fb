//! Parses `#[tracked(…)]` attributes: which are allowed where, and their values.

mod item;
#[cfg(test)]
mod tests;

use proc_macro2::{Span, TokenStream};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, ExprPath, LitStr, Path, Token, WherePredicate};

use self::item::Item;
use crate::errors::Errors;

/// The syntax that an attribute is on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttrTarget {
    Type,
    Variant,
    Field,
}

impl AttrTarget {
    /// Returns the noun that follows "on" in messages.
    fn noun(self) -> &'static str {
        match self {
            Self::Type => "the type",
            Self::Variant => "a variant",
            Self::Field => "a field",
        }
    }

    /// Returns the attributes that are allowed here, as users write them.
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

/// The value of an attribute, and the span of its name for errors that are found later.
pub(crate) struct AttrValue<T> {
    pub(crate) span: Span,
    pub(crate) value: T,
}

/// The `#[tracked(…)]` attributes of the type.
#[derive(Default)]
pub(crate) struct TypeAttrs {
    pub(crate) bound: Option<AttrValue<Vec<WherePredicate>>>,
    pub(crate) krate: Option<AttrValue<Path>>,
    pub(crate) strict: Option<AttrValue<()>>,
    pub(crate) label: Option<AttrValue<ExprPath>>,
    pub(crate) no_label: Option<AttrValue<()>>,
}

/// The `#[tracked(…)]` attributes of a variant.
#[derive(Default)]
pub(crate) struct VariantAttrs {
    pub(crate) skip: Option<AttrValue<()>>,
}

/// The `#[tracked(…)]` attributes of a field.
#[derive(Default)]
pub(crate) struct FieldAttrs {
    pub(crate) skip: Option<AttrValue<()>>,
    pub(crate) with: Option<AttrValue<ExprPath>>,
    pub(crate) back: Option<AttrValue<()>>,
}

impl TypeAttrs {
    pub(crate) fn parse(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut this = Self::default();
        let mut seen = Vec::new();
        for item in item::items(attrs, AttrTarget::Type, errors) {
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
        for item in item::items(attrs, AttrTarget::Variant, errors) {
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
        for item in item::items(attrs, AttrTarget::Field, errors) {
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
    /// Parses the item as a name without a value.
    fn flag(&self, errors: &mut Errors) -> Option<AttrValue<()>> {
        let name = self.name();
        if let Some(value) = &self.rest {
            errors.on(
                value,
                format_args!("`{name}` takes no value: write `#[tracked({name})]`"),
            );
            return None;
        }
        Some(self.with_span(()))
    }

    /// Parses the item as `name = path::of::function`.
    fn function(&self, errors: &mut Errors) -> Option<AttrValue<ExprPath>> {
        self.path(errors, "a function", syn::parse2)
    }

    /// Parses the item as `name = path::of::module`.
    fn module(&self, errors: &mut Errors) -> Option<AttrValue<Path>> {
        self.path(errors, "the objgraph crate", |tokens| {
            Path::parse_mod_style.parse2(tokens)
        })
    }

    fn path<T>(
        &self,
        errors: &mut Errors,
        what: &str,
        parse: impl FnOnce(TokenStream) -> syn::Result<T>,
    ) -> Option<AttrValue<T>> {
        let name = self.name();
        let Some(value) = self.assigned() else {
            errors.on(
                self,
                format_args!("`{name}` needs the path of {what}: `#[tracked({name} = path)]`"),
            );
            return None;
        };
        if let Ok(path) = parse(value.clone()) {
            return Some(self.with_span(path));
        }
        let quoted = syn::parse2::<LitStr>(value.clone()).ok();
        match quoted.filter(|quoted| quoted.parse_with(Path::parse_mod_style).is_ok()) {
            Some(quoted) => errors.on(
                &quoted,
                format_args!(
                    "`{name}` takes a path without quotes: `#[tracked({name} = {})]`",
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

    /// Parses the item as `name = "where-predicates"`.
    fn predicates(&self, errors: &mut Errors) -> Option<AttrValue<Vec<WherePredicate>>> {
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
            Ok(predicates) => Some(self.with_span(predicates.into_iter().collect())),
            Err(error) => {
                errors.on(
                    &literal,
                    format_args!("`{name}` does not contain where-predicates: {error}"),
                );
                None
            }
        }
    }

    fn with_span<T>(&self, value: T) -> AttrValue<T> {
        AttrValue {
            span: self.ident.span(),
            value,
        }
    }
}
