//! The values of the pointers as the table sees them: without their types.

use std::any::Any;

use crate::pointers::inner::{ArcInner, RcInner};
use crate::pointers::rc::Rc;
use crate::pointers::sync::Arc;
#[cfg(feature = "nightly")]
use crate::table::erased::LocalArcValue;
use crate::table::erased::{ArcValue, RcValue};
use crate::tracked::Value;

impl<T: 'static> RcValue for RcInner<T> {
    fn value(&self) -> Value<'_> {
        &self.value
    }

    fn mark_detached(&self) {
        self.header.set_lent(true);
    }

    fn into_pointer(self: std::rc::Rc<Self>) -> Box<dyn Any> {
        Box::new(Rc::from_inner(self))
    }
}

impl<T: Send + Sync + 'static> ArcValue for ArcInner<T> {
    fn value(&self) -> Value<'_> {
        &self.value
    }

    fn into_pointer(self: std::sync::Arc<Self>) -> Box<dyn Any> {
        Box::new(Arc::from_inner(self))
    }
}

#[cfg(feature = "nightly")]
impl<T: 'static> LocalArcValue for ArcInner<T> {
    fn value(&self) -> Value<'_> {
        &self.value
    }
}
