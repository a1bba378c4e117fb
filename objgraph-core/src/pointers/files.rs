//! The handles that the operating system has for files and sockets behind pointers.

/// Writes the traits for handles of the operating system.
macro_rules! file_traits {
    ($Pointer:ident) => {
        #[cfg(unix)]
        impl<T: ?Sized + std::os::fd::AsFd> std::os::fd::AsFd for $Pointer<T> {
            fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
                (**self).as_fd()
            }
        }

        #[cfg(unix)]
        impl<T: std::os::fd::AsRawFd> std::os::fd::AsRawFd for $Pointer<T> {
            fn as_raw_fd(&self) -> std::os::fd::RawFd {
                (**self).as_raw_fd()
            }
        }

        #[cfg(windows)]
        impl<T: ?Sized + std::os::windows::io::AsHandle> std::os::windows::io::AsHandle
            for $Pointer<T>
        {
            fn as_handle(&self) -> std::os::windows::io::BorrowedHandle<'_> {
                (**self).as_handle()
            }
        }

        #[cfg(windows)]
        impl<T: std::os::windows::io::AsSocket> std::os::windows::io::AsSocket for $Pointer<T> {
            fn as_socket(&self) -> std::os::windows::io::BorrowedSocket<'_> {
                (**self).as_socket()
            }
        }
    };
}

pub(crate) use file_traits;
