//! Messages: structs whose fields are one array of CBOR, in their order.

/// Declares messages.
macro_rules! message {
    ($(
        $(#[$attribute:meta])*
        struct $name:ident $(<$life:lifetime>)? {
            $($(#[$doc:meta])* $field:ident: $type:ty),* $(,)?
        }
    )*) => {$(
        $(#[$attribute])*
        #[derive(Debug)]
        pub(super) struct $name $(<$life>)? {
            $($(#[$doc])* pub(super) $field: $type),*
        }

        impl $(<$life>)? $name $(<$life>)? {
            const FIELDS: u64 = [$(stringify!($field)),*].len() as u64;
        }

        impl<$($life,)? C> minicbor::Encode<C> for $name $(<$life>)? {
            fn encode<W: minicbor::encode::Write>(
                &self,
                out: &mut minicbor::Encoder<W>,
                context: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                out.array(Self::FIELDS)?;
                $(self.$field.encode(out, context)?;)*
                Ok(())
            }
        }

        impl<'b, $($life,)? C> minicbor::Decode<'b, C> for $name $(<$life>)? {
            fn decode(
                input: &mut minicbor::Decoder<'b>,
                context: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                if input.array()? != Some(Self::FIELDS) {
                    return Err(minicbor::decode::Error::message("another number of fields"));
                }
                Ok(Self {
                    $($field: minicbor::Decode::decode(input, context)?),*
                })
            }
        }
    )*};
}

pub(super) use message;
