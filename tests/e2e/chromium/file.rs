//! The page opened as a file. Firefox, as its driver sets it up, lets a file load all that it wants.

use crate::support::browser::Browser;
use crate::support::environment;
use crate::support::page::Page;

#[tokio::test]
async fn the_page_opened_as_a_file_says_that_it_needs_a_web_server() {
    let page = Page::new(Browser::start().await);
    page.browser.go(&format!("file://{}/index.html", environment::dist().display())).await;
    let said = "const child = document.querySelector('veriops-playground > p');
        return document.readyState === 'complete' && child.checkVisibility()
          && child.innerText.includes('needs a web server');";
    page.until_true("the text says so", said, vec![]).await;
}
