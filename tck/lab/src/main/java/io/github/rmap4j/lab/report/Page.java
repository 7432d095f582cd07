package io.github.rmap4j.lab.report;

import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Elements of a page. Whatever is text is escaped. */
final class Page {
    private final XMLStreamWriter xml;

    Page(XMLStreamWriter xml) {
        this.xml = xml;
    }

    /** Opens an element with attributes, names and values in turn. */
    void open(String element, String... attributes) throws XMLStreamException {
        xml.writeStartElement(element);
        for (int i = 0; i < attributes.length; i += 2) {
            xml.writeAttribute(attributes[i], attributes[i + 1]);
        }
        // Makes an end tag of its own, which HTML needs for all that are not empty by nature.
        xml.writeCharacters("");
    }

    /** Closes the element that was opened last. */
    void close() throws XMLStreamException {
        xml.writeEndElement();
        xml.writeCharacters("\n");
    }

    void element(String element, String text, String... attributes) throws XMLStreamException {
        open(element, attributes);
        xml.writeCharacters(text);
        close();
    }

    void note(String text) throws XMLStreamException {
        element("p", text, "class", "note");
    }

    void table(String caption) throws XMLStreamException {
        open("div", "class", "scroll");
        open("table");
        element("caption", caption);
        open("thead");
        open("tr");
    }

    void head(String text) throws XMLStreamException {
        element("th", text, "scope", "col");
    }

    /** Ends the head of a table. */
    void body() throws XMLStreamException {
        close();
        close();
        open("tbody");
    }

    void row(String name) throws XMLStreamException {
        open("tr");
        element("th", name, "scope", "row");
    }

    void row(String name, String title) throws XMLStreamException {
        open("tr");
        element("th", name, "scope", "row", "title", title);
    }

    void cell(String text) throws XMLStreamException {
        element("td", text);
    }

    void endTable() throws XMLStreamException {
        close();
        close();
        close();
    }
}
