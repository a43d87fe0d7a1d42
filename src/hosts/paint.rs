//! Turns egui's shapes into pixels and gives them to the window system.

use std::num::NonZeroU32;
use std::rc::Rc;

use egui::epaint::ClippedShape;
use egui::{Color32, ColorImage, TexturesDelta};
use egui_software_backend::{BufferMutRef, ColorFieldOrder, EguiSoftwareRender};
use winit::dpi::PhysicalSize;
use winit::event_loop::OwnedDisplayHandle;
use winit::window::Window;

use super::WindowError;
use super::damage::{Part, changed_parts};
use super::draw::{Frame, draw};

type Surface = softbuffer::Surface<OwnedDisplayHandle, Rc<Window>>;

/// The window's pixels.
pub(super) struct Painter {
    surface: Surface,
    raster: EguiSoftwareRender,
    /// What the pixels show, to draw it again when they are lost and to see what changed.
    shown: Vec<ClippedShape>,
    pixels_per_point: f32,
    background: Color32,
    size: PhysicalSize<u32>,
    /// The screen may show something else than our pixels: hand over all of them next time.
    screen_is_stale: bool,
}

impl Painter {
    /// Pixels for `window`.
    pub(super) fn new(display: OwnedDisplayHandle, window: Rc<Window>) -> Result<Painter, WindowError> {
        let context = softbuffer::Context::new(display)?;
        let surface = Surface::new(&context, window)?;
        Ok(Painter {
            surface,
            raster: EguiSoftwareRender::new(ColorFieldOrder::Bgra).with_caching(false),
            shown: Vec::new(),
            pixels_per_point: 1.0,
            background: Color32::BLACK,
            size: PhysicalSize::new(0, 0),
            screen_is_stale: true,
        })
    }

    /// The screen may have lost our pixels.
    pub(super) fn forget_screen(&mut self) {
        self.screen_is_stale = true;
    }

    /// Takes over new glyphs and pictures of a frame that is not drawn.
    pub(super) fn keep_textures(&mut self, textures: &TexturesDelta) {
        let mut nothing = [[0; 4]];
        self.raster.render(&mut BufferMutRef::new(&mut nothing, 1, 1), &[], textures, 1.0);
        self.screen_is_stale = true;
        if replaces_pictures(textures) {
            // No size is the same as this one: all is drawn again when the window shows.
            self.size = PhysicalSize::new(0, 0);
        }
    }

    /// Draws a frame and shows it: only where it differs from the one before, and nothing when it does not.
    pub(super) fn paint(
        &mut self,
        ctx: &egui::Context,
        size: PhysicalSize<u32>,
        shapes: Vec<ClippedShape>,
        textures: &TexturesDelta,
        pixels_per_point: f32,
    ) -> Result<(), WindowError> {
        let (Some(width), Some(height)) = (NonZeroU32::new(size.width), NonZeroU32::new(size.height)) else {
            return Ok(());
        };
        let background = ctx.global_style().visuals.panel_fill;
        let window = Part::whole(size.width, size.height);
        let comparable = self.size == size
            && self.pixels_per_point == pixels_per_point
            && self.background == background
            && !replaces_pictures(textures);
        self.size = size;
        self.pixels_per_point = pixels_per_point;
        self.background = background;
        self.surface.resize(width, height)?;
        let mut buffer = self.surface.buffer_mut()?;
        let parts = if comparable && buffer.age() == 1 {
            changed_parts(&self.shown, &shapes, pixels_per_point, window)
        } else {
            vec![window]
        };
        self.shown = shapes;
        if parts.is_empty() && !self.screen_is_stale && textures.is_empty() {
            return Ok(());
        }
        let frame = Frame { shapes: &self.shown, pixels_per_point, background };
        let pixels: &mut [[u8; 4]] = bytemuck::cast_slice_mut(&mut buffer);
        draw(&mut self.raster, ctx, &frame, textures, &parts, pixels, size.width as usize);
        if std::mem::take(&mut self.screen_is_stale) {
            buffer.present()?;
        } else if !parts.is_empty() {
            let parts: Vec<softbuffer::Rect> = parts.iter().filter_map(on_surface).collect();
            buffer.present_with_damage(&parts)?;
        }
        Ok(())
    }

    /// Shows the last frame again, because the window system lost it.
    pub(super) fn present_all(&mut self, ctx: &egui::Context) -> Result<(), WindowError> {
        if self.size.width == 0 || self.size.height == 0 {
            return Ok(());
        }
        {
            let buffer = self.surface.buffer_mut()?;
            if buffer.age() > 0 {
                buffer.present()?;
                return Ok(());
            }
        }
        self.screen_is_stale = true;
        let shown = std::mem::take(&mut self.shown);
        self.paint(ctx, self.size, shown, &TexturesDelta::default(), self.pixels_per_point)
    }

    /// The picture as it was last drawn.
    pub(super) fn picture(&mut self) -> Option<ColorImage> {
        let size = [self.size.width as usize, self.size.height as usize];
        let buffer = self.surface.buffer_mut().ok()?;
        let pixels = buffer.iter().map(|pixel| {
            let [blue, green, red, _] = pixel.to_le_bytes();
            Color32::from_rgb(red, green, blue)
        });
        let pixels: Vec<Color32> = pixels.collect();
        (pixels.len() == size[0] * size[1] && !pixels.is_empty()).then(|| ColorImage::new(size, pixels))
    }
}

/// Whether pictures change that shapes already show. New glyphs in the font's picture do not: they take free places.
fn replaces_pictures(textures: &TexturesDelta) -> bool {
    textures.set.iter().any(|(id, delta)| delta.pos.is_none() || *id != egui::TextureId::default())
}

fn on_surface(part: &Part) -> Option<softbuffer::Rect> {
    Some(softbuffer::Rect {
        x: part.left,
        y: part.top,
        width: NonZeroU32::new(part.right - part.left)?,
        height: NonZeroU32::new(part.bottom - part.top)?,
    })
}
