//! The input as the later stages see it: borrowed from the syntax tree, so that every node keeps
//! the tokens that an error can point at.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::{Data, DeriveInput, Fields, Member, Type};

use crate::attr::{FieldAttrs, TypeAttrs, VariantAttrs};
use crate::errors::Errors;

/// The struct or enum with the derive.
pub(crate) struct Input<'a> {
    pub(crate) original: &'a DeriveInput,
    pub(crate) attrs: TypeAttrs,
    /// Whether `#[repr(packed)]` forbids references to the fields.
    pub(crate) is_packed: bool,
    pub(crate) shape: Shape<'a>,
}

/// The kind of the input, with its fields.
pub(crate) enum Shape<'a> {
    Struct(Vec<Field<'a>>),
    Enum(Vec<Variant<'a>>),
    Union,
}

/// One variant of an enum.
pub(crate) struct Variant<'a> {
    pub(crate) original: &'a syn::Variant,
    pub(crate) attrs: VariantAttrs,
    pub(crate) fields: Vec<Field<'a>>,
}

/// One field of a struct or variant.
pub(crate) struct Field<'a> {
    pub(crate) attrs: FieldAttrs,
    pub(crate) member: Member,
    /// The field's name in paths and tables: `name`, `0`, `Variant.name` or `Variant.0`.
    pub(crate) name: String,
    pub(crate) ty: &'a Type,
}

impl<'a> Input<'a> {
    /// Reads the input and its attributes, and adds errors to `errors`.
    pub(crate) fn new(original: &'a DeriveInput, errors: &mut Errors) -> Self {
        Self {
            original,
            attrs: TypeAttrs::parse(&original.attrs, errors),
            is_packed: is_packed(original),
            shape: match &original.data {
                Data::Struct(data) => Shape::Struct(fields(&data.fields, None, errors)),
                Data::Enum(data) => Shape::Enum(
                    data.variants
                        .iter()
                        .map(|variant| Variant::new(variant, errors))
                        .collect(),
                ),
                Data::Union(_) => Shape::Union,
            },
        }
    }

    /// Returns every field, and whether its variant is skipped.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&Field<'a>, bool)> {
        let (own, variants) = match &self.shape {
            Shape::Struct(fields) => (fields.as_slice(), [].as_slice()),
            Shape::Enum(variants) => ([].as_slice(), variants.as_slice()),
            Shape::Union => ([].as_slice(), [].as_slice()),
        };
        let of_variants = variants.iter().flat_map(|variant| {
            let skipped = variant.attrs.skip.is_some();
            variant.fields.iter().map(move |field| (field, skipped))
        });
        own.iter().map(|field| (field, false)).chain(of_variants)
    }
}

impl<'a> Variant<'a> {
    fn new(original: &'a syn::Variant, errors: &mut Errors) -> Self {
        Self {
            original,
            attrs: VariantAttrs::parse(&original.attrs, errors),
            fields: fields(&original.fields, Some(&original.ident), errors),
        }
    }
}

fn fields<'a>(fields: &'a Fields, variant: Option<&Ident>, errors: &mut Errors) -> Vec<Field<'a>> {
    let named = fields.iter().zip(fields.members());
    named
        .map(|(original, member)| {
            let name = match &member {
                Member::Named(ident) => ident.unraw().to_string(),
                Member::Unnamed(index) => index.index.to_string(),
            };
            Field {
                attrs: FieldAttrs::parse(&original.attrs, errors),
                member,
                name: match variant {
                    Some(variant) => format!("{}.{name}", variant.unraw()),
                    None => name,
                },
                ty: &original.ty,
            }
        })
        .collect()
}

/// Returns whether one of the `#[repr(…)]` attributes contains `packed` or `packed(N)`.
fn is_packed(input: &DeriveInput) -> bool {
    let mut is_packed = false;
    for attr in input
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("repr"))
    {
        // The compiler checks the rest of the list.
        let _ = attr.parse_nested_meta(|meta| {
            is_packed |= meta.path.is_ident("packed");
            if meta.input.peek(syn::token::Paren) {
                let inside;
                syn::parenthesized!(inside in meta.input);
                inside.parse::<proc_macro2::TokenStream>()?;
            }
            Ok(())
        });
    }
    is_packed
}
