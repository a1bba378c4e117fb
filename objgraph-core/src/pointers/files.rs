//! Files and sockets behind pointers.

use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut, Read, Seek, SeekFrom, Write};

use super::sync::Arc;

/// Writes the traits of what has a handle of the operating system.
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

impl Read for Arc<File> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&**self).read(buffer)
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        (&**self).read_vectored(buffers)
    }

    fn read_to_end(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        (&**self).read_to_end(buffer)
    }

    fn read_to_string(&mut self, buffer: &mut String) -> io::Result<usize> {
        (&**self).read_to_string(buffer)
    }
}

impl Write for Arc<File> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        (&**self).write(buffer)
    }

    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        (&**self).write_vectored(buffers)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&**self).flush()
    }
}

impl Seek for Arc<File> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        (&**self).seek(to)
    }

    fn stream_position(&mut self) -> io::Result<u64> {
        (&**self).stream_position()
    }
}
