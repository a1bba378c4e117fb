//! The messages of small tables, one record for each row.

use std::borrow::Cow;

use super::LoadError;
use super::codes::Code;
use super::message::message;
use super::names::name;
use crate::site::Site;
use crate::snapshot::{Family, FieldName, Segment};
use crate::symbols::ConcreteType;
use crate::type_info::{Field, TypeInfo, Visibility};

message! {
    /// The first message.
    struct Head {
        process: u64,
        tags: Vec<(String, String)>,
        enabled: bool,
        knows_handles: bool,
        epoch: u32,
        /// Each with how many seconds and nanoseconds ago it began.
        epochs: Vec<(u32, u64, u32)>,
        counts: Counts,
    }
}

message! {
    /// The numbers of rows.
    struct Counts {
        types: u32,
        families: u32,
        sites: u32,
        threads: u32,
        lines: u32,
        elements: u32,
        nodes: u32,
        edges: u32,
        places: u32,
        lengths: u32,
        texts: u32,
        labels: u32,
        roots: u32,
        panics: u32,
        left_behind: u32,
        handles: u32,
        captured: Option<u32>,
        repeated: u32,
        concrete_types: u32,
        concrete_nodes: u32,
    }
}

message! {
    struct SiteRecord<'a> {
        file: Cow<'a, str>,
        line: u32,
        column: u32,
    }
}

impl<'a> SiteRecord<'a> {
    pub(super) fn new(site: &'a Site) -> Self {
        Self {
            file: Cow::Borrowed(&site.file),
            line: site.line,
            column: site.column,
        }
    }

    pub(super) fn site(self) -> Site {
        Site {
            file: self.file.into_owned().into(),
            line: self.line,
            column: self.column,
        }
    }
}

message! {
    struct FamilyRecord<'a> {
        path: Cow<'a, str>,
        module: Cow<'a, str>,
    }
}

impl<'a> FamilyRecord<'a> {
    pub(super) fn new(family: &'a Family) -> Self {
        Self {
            path: Cow::Borrowed(&family.path),
            module: Cow::Borrowed(&family.module),
        }
    }

    pub(super) fn family(self) -> Family {
        Family {
            path: self.path.into_owned(),
            module: self.module.into_owned(),
        }
    }
}

message! {
    struct TypeRecord<'a> {
        name: Cow<'a, str>,
        short_name: Cow<'a, str>,
        size: u64,
        is_visited: bool,
        is_derived: bool,
        implements_drop: bool,
        needs_drop: bool,
        declared: Option<SiteRecord<'a>>,
        fields: Vec<FieldRecord<'a>>,
    }
}

message! {
    struct FieldRecord<'a> {
        name: Cow<'a, str>,
        type_text: Cow<'a, str>,
        type_name: Cow<'a, str>,
        visibility: u8,
        back: bool,
    }
}

impl<'a> TypeRecord<'a> {
    pub(super) fn new(info: &'a TypeInfo) -> Self {
        Self {
            name: Cow::Borrowed(&info.name),
            short_name: Cow::Borrowed(&info.short_name),
            size: info.size as u64,
            is_visited: info.is_visited,
            is_derived: info.is_derived,
            implements_drop: info.implements_drop,
            needs_drop: info.needs_drop,
            declared: info.declared.as_ref().map(SiteRecord::new),
            fields: info.fields.iter().map(FieldRecord::new).collect(),
        }
    }

    pub(super) fn type_info(self) -> Result<TypeInfo, LoadError> {
        let size = usize::try_from(self.size);
        let fields = self.fields.into_iter().map(FieldRecord::field);
        Ok(TypeInfo {
            name: self.name.into_owned(),
            short_name: self.short_name.into_owned(),
            size: size.map_err(|_| LoadError::Damaged("a type is larger than memory"))?,
            is_visited: self.is_visited,
            is_derived: self.is_derived,
            implements_drop: self.implements_drop,
            needs_drop: self.needs_drop,
            declared: self.declared.map(SiteRecord::site),
            fields: fields.collect::<Result<_, _>>()?,
        })
    }
}

impl<'a> FieldRecord<'a> {
    fn new(field: &'a Field) -> Self {
        Self {
            name: field.name.into(),
            type_text: field.type_text.into(),
            type_name: field.type_name.into(),
            visibility: field.visibility.code(),
            back: field.back,
        }
    }

    fn field(self) -> Result<Field, LoadError> {
        Ok(Field {
            name: name(&self.name)?,
            type_text: name(&self.type_text)?,
            type_name: name(&self.type_name)?,
            visibility: Visibility::of(self.visibility)?,
            back: self.back,
        })
    }
}

message! {
    /// A line of the table of paths.
    struct LineRecord<'a> {
        /// The number of the line one step shorter, from 1; 0 for the first step.
        parent: u32,
        /// The kind of the last step.
        step: u8,
        /// For a step to a type.
        type_index: u32,
        /// For a field.
        name: Cow<'a, str>,
    }
}

impl LineRecord<'_> {
    pub(super) fn new(parent: Option<u32>, segment: Segment) -> Self {
        let (step, type_index, name) = match segment {
            Segment::Type(index) => (0, index, ""),
            Segment::Field(name) => (1, 0, name.declared_name()),
            Segment::BackField(name) => (2, 0, name.declared_name()),
            Segment::Element => (3, 0, ""),
            Segment::Entry => (4, 0, ""),
            Segment::Deep => (5, 0, ""),
        };
        Self {
            parent: parent.map_or(0, |parent| parent + 1),
            step,
            type_index,
            name: name.into(),
        }
    }

    pub(super) fn line(self) -> Result<(Option<u32>, Segment), LoadError> {
        let segment = match self.step {
            0 => Segment::Type(self.type_index),
            1 => Segment::Field(FieldName::new(name(&self.name)?)),
            2 => Segment::BackField(FieldName::new(name(&self.name)?)),
            3 => Segment::Element,
            4 => Segment::Entry,
            5 => Segment::Deep,
            _ => return Err(LoadError::Damaged("it has an unknown step of a path")),
        };
        Ok((self.parent.checked_sub(1), segment))
    }
}

message! {
    /// A concrete type; without a name if symbols do not name it.
    struct ConcreteRecord<'a> {
        name: Option<Cow<'a, str>>,
        site: Option<SiteRecord<'a>>,
    }
}

impl<'a> ConcreteRecord<'a> {
    pub(super) fn new(concrete: Option<&'a ConcreteType>) -> Self {
        let site = concrete.and_then(|concrete| concrete.site.as_ref());
        Self {
            name: concrete.map(|concrete| Cow::Borrowed(&*concrete.name)),
            site: site.map(SiteRecord::new),
        }
    }

    pub(super) fn concrete_type(self) -> Option<ConcreteType> {
        let site = self.site.map(SiteRecord::site);
        Some(ConcreteType::new(self.name?.into_owned(), site))
    }
}
